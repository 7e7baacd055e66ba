"""Finds the blocks of a summary in what was spoken, whatever their order: each of them once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_service.conversation.read_back.blocks import Block
from agent_service.conversation.read_back.language import Language
from agent_service.conversation.read_back.ordering import Said
from agent_service.conversation.read_back.units import Sort, Unit

_PAIR = 100
"""Parts of a number that is said in pairs are below."""
_FEW = 3
"""So many figures, said one by one, are no count yet."""


@dataclass(slots=True)
class Match:
    """A summary, to be found again in what was spoken."""

    blocks: Sequence[Block]
    spoken: Sequence[Unit]
    language: Language
    _left: list[int] = field(default_factory=list)
    _said: list[Said] = field(default_factory=list)

    def found(self) -> list[Said] | None:
        """Return the blocks as they were said; None if one is missing or another was said."""
        self._left = list(range(len(self.blocks)))
        at = 0
        while at < len(self.spoken):
            end = self._block_at(at)
            if end is None:
                end = self._repeated(at)
            if end is None:
                return None
            at = end
        return None if self._left else self._said

    def _block_at(self, at: int) -> int | None:
        """Take the longest block that was not said yet and is said there."""
        best: tuple[int, int] | None = None
        for index in self._left:
            end = self._end(self.blocks[index], at)
            if end is not None and (best is None or end > best[1]):
                best = index, end
        if best is None:
            return None
        self._left.remove(best[0])
        self._said.append(Said(best[0], self.blocks[best[0]], self.spoken[at].role))
        return best[1]

    def _end(self, block: Block, at: int) -> int | None:
        """Return where a block ends that is said there."""
        first, *rest = block.units
        here = self.spoken[at]
        if (
            here.is_pointed
            and here.sort is Sort.WORD
            and not (first.is_pointed or block.has_number)
        ):
            return None
        if first.sort is Sort.AMOUNT and here.sort is Sort.NUMBER:
            return self._bare_amount(first, at)
        if block.is_counted and first.value == "1" and here.has_determiner:
            return self._alike(rest, at, is_exact=True)
        is_one = here.is_article or (here.value == "1" and first.has_determiner)
        if is_one and here.sort is Sort.NUMBER and first.sort is Sort.WORD:
            return self._alike(block.units, at + 1, is_exact=True)
        return self._alike(block.units, at)

    def _alike(self, units: Sequence[Unit], at: int, *, is_exact: bool = False) -> int | None:
        for step, unit in enumerate(units):
            if at >= len(self.spoken):
                return None
            here = self.spoken[at]
            is_parted = step > 0 and here.is_apart and unit.sort is Sort.WORD
            if unit.sort is not here.sort or is_parted:
                return None
            if unit.sort is Sort.NUMBER:
                end = self._number(unit, at)
                if end is None:
                    return None
                at = end
            elif self._is_same(unit, here, is_exact=is_exact):
                at += 1
            else:
                return None
        return at

    def _is_same(self, unit: Unit, here: Unit, *, is_exact: bool) -> bool:
        if unit.sort is Sort.VERB:
            return unit.verb == here.verb
        if is_exact or unit.is_name or unit.sort is not Sort.WORD:
            return unit.value == here.value
        return self.language.is_same(unit.value, here.value)

    def _number(self, unit: Unit, at: int) -> int | None:
        """Return where a number ends; one that names something may be said in parts."""
        parts = self._parts(at)
        if parts[0].value == unit.value:
            return at + 1
        digits = ""
        for size, part in enumerate(parts, start=1):
            digits += part.value
            if digits == unit.value and self._is_name(parts[:size], at):
                return at + size
        return None

    def _is_name(self, parts: Sequence[Unit], at: int) -> bool:
        """Tell whether these numbers together name something, and none of them counts."""
        is_spelled = len(parts) > _FEW and all(len(part.value) == 1 for part in parts)
        return is_spelled or not self._counts(at + len(parts) - 1)

    def _parts(self, at: int) -> list[Unit]:
        """Return the numbers that may be the parts of one: ``ten oh seven``."""
        parts = [self.spoken[at]]
        for later in self.spoken[at + 1 :]:
            is_part = later.sort is Sort.NUMBER and not later.is_apart
            if not is_part or later.is_written is not parts[0].is_written:
                break
            parts.append(later)
        is_small = parts[0].is_written or all(int(part.value) < _PAIR for part in parts)
        return parts if is_small else parts[:1]

    def _counts(self, at: int) -> bool:
        """Tell whether the number there says how many there are of what comes next."""
        after = self.spoken[at + 1] if at + 1 < len(self.spoken) else None
        return after is not None and after.sort is Sort.WORD and not after.is_apart

    def _bare_amount(self, unit: Unit, at: int) -> int | None:
        """Return where an amount ends that is said without its currency: "twelve fifty"."""
        parts = self._parts(at)[:2]
        said = ".".join(part.value for part in parts)
        is_said = said == unit.value.rpartition(" ")[2] and not parts[0].is_written
        return at + 2 if is_said and not self._counts(at + 1) else None

    def _repeated(self, at: int) -> int | None:
        """Pass over what only names again what was named: ``that order``."""
        unit = self.spoken[at]
        if unit.sort is Sort.WHOLE:
            is_last = at + 1 == len(self.spoken) and self.spoken[at - 1].sort is Sort.VERB
            is_all = is_last and any(block.has_number for block in self._heads())
            return at + 1 if is_all else None
        if unit.sort is Sort.VERB:
            was_said = not any(
                self.blocks[index].units[0].verb == unit.verb
                for index in self._left
                if self.blocks[index].sort is Sort.VERB
            )
            return at + 1 if was_said and unit.is_asked else None
        is_again = unit.sort is Sort.WORD and (unit.is_asked or unit.is_pointed)
        after = self.spoken[at + 1] if at + 1 < len(self.spoken) else None
        if not is_again or (after is not None and after.sort is Sort.NUMBER and not after.is_apart):
            return None
        names = {each.value for block in self._heads() for each in block.units if not each.is_name}
        return at + 1 if unit.value in names else None

    def _heads(self) -> list[Block]:
        """Return what the verbs have for an object, as a whole and not one thing of several."""
        counted = sum(block.is_counted for block in self.blocks)
        heads = []
        for index, block in enumerate(self.blocks):
            beside = self.blocks[max(0, index - 1) : index + 2]
            is_object = any(each.sort is Sort.VERB for each in beside) and not block.is_free
            if is_object and block.sort is not Sort.VERB and (counted < 2 or not block.is_counted):
                heads.append(block)
        return heads
