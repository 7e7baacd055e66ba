"""What happens to a voice on its way: pace, rooms, microphones, noise, telephone lines."""

from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import decode_mulaw, encode_mulaw
from agent_service.offline.speech.mel import RATE_HZ

Sound = NDArray[np.float32]

_TAIL: Final = 2048
_LOUDEST: Final = 0.95


def distorted(sound: Sound, random: Random) -> Sound:
    """Return the sound as one of many callers and lines might have made it."""
    if random.random() < 0.7:
        sound = _at_pace(sound, random.uniform(0.86, 1.16))
    if random.random() < 0.5:
        sound = _coloured(sound, random)
    if random.random() < 0.15:
        sound = _in_room(sound, random)
    lead, trail = random.uniform(0.05, 0.5), random.uniform(0.1, 0.6)
    sound = np.pad(sound, (int(lead * RATE_HZ), int(trail * RATE_HZ)))
    if random.random() < 0.5:
        level = float(np.sqrt((sound**2).mean())) * 10 ** (-random.uniform(8, 40) / 20)
        sound = sound + noise(len(sound), random) * np.float32(level)
    kind = random.random()
    if kind < 0.4:
        sound = _by_telephone(sound, random)
    elif kind < 0.55:
        sound = _low_passed(sound, random.uniform(3500, 7500))
    return _at_level(sound, random.uniform(0.08, _LOUDEST))


def noise(length: int, random: Random) -> Sound:
    """Return noise of some colour, with a mean power of one."""
    hiss = _generator(random).standard_normal(length).astype(np.float32)
    if random.random() < 0.6:
        slope = random.uniform(0.3, 1.2)
        hiss = _filtered(hiss, 1 / (_frequencies(length) + 50) ** slope)
    return hiss / np.float32(np.sqrt((hiss**2).mean()))


def no_speech(random: Random) -> Sound:
    """Return some seconds of what is no speech: noise, hum, tones, or hardly anything."""
    length = int(random.uniform(0.4, 5.0) * RATE_HZ)
    times = np.arange(length) / RATE_HZ
    sound = noise(length, random) * np.float32(10 ** random.uniform(-4, -0.5))
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        hz, beat = random.uniform(50, 2000), random.uniform(0, 6)
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * beat * times)
        sound = sound + (random.uniform(0.05, 0.5) * swell * np.sin(2 * np.pi * hz * times)).astype(
            np.float32
        )
    return _at_level(sound, random.uniform(0.002, 0.6))


def _generator(random: Random) -> np.random.Generator:
    return np.random.default_rng(random.getrandbits(32))


def _padded(length: int) -> int:
    """Return a length that is quick to transform and leaves room for a filter's tail."""
    return -(-(length + _TAIL) // _TAIL) * _TAIL


def _frequencies(length: int) -> NDArray[np.float64]:
    return np.asarray(np.fft.rfftfreq(_padded(length), 1 / RATE_HZ), np.float64)


def _filtered(sound: Sound, gains: NDArray[np.float64]) -> Sound:
    spectrum = np.fft.rfft(sound, _padded(len(sound))) * gains
    return np.fft.irfft(spectrum, _padded(len(sound)))[: len(sound)].astype(np.float32)


def _at_level(sound: Sound, level: float) -> Sound:
    return sound * np.float32(level / (float(np.abs(sound).max()) + 1e-6))


def _at_pace(sound: Sound, pace: float) -> Sound:
    """Play it faster, and so higher, or slower, and so lower."""
    places = np.arange(int(len(sound) / pace)) * pace
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def _coloured(sound: Sound, random: Random) -> Sound:
    hz = _frequencies(len(sound))
    decibels = random.uniform(-2, 2) * np.log2((hz + 100) / 1000)
    for _ in range(3):
        centre, width = random.uniform(150, 6000), random.uniform(0.3, 1.0)
        bump = np.exp(-((np.log((hz + 20) / centre) / width) ** 2))
        decibels = decibels + random.uniform(-9, 9) * bump
    return _filtered(sound, 10 ** (decibels / 20))


def _in_room(sound: Sound, random: Random) -> Sound:
    length = int(RATE_HZ * random.uniform(0.05, 0.25))
    fading = np.exp(-6 * np.arange(length) / length) * random.uniform(0.02, 0.12)
    echo = _generator(random).standard_normal(length) * fading
    echo[0] = 1.0
    return np.convolve(sound, echo)[: len(sound) + length // 2].astype(np.float32)


def _low_passed(sound: Sound, hz: float) -> Sound:
    return _filtered(sound, 1 / (1 + np.exp((_frequencies(len(sound)) - hz) / 150)))


def _by_telephone(sound: Sound, random: Random) -> Sound:
    """Return the sound of a narrow band, coded as mu-law at 8 kHz."""
    hz = _frequencies(len(sound))
    low, high = random.uniform(200, 350), random.uniform(3200, 3600)
    band = 1 / (1 + np.exp((low - hz) / 15)) / (1 + np.exp((hz - high) / 30))
    narrow = _at_level(_filtered(sound, band)[::2], random.uniform(0.1, 0.9))
    line = decode_mulaw(encode_mulaw((narrow * 32_767).astype("<i2").tobytes()))
    received = np.frombuffer(line, "<i2").astype(np.float32) / np.float32(32_768)
    places = np.arange(2 * len(received)) / 2
    wide = np.interp(places, np.arange(len(received)), received).astype(np.float32)
    return _filtered(wide, 1 / (1 + np.exp((_frequencies(len(wide)) - 3_900) / 30)))
