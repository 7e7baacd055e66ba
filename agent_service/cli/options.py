"""Options that several commands share."""

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add ``--config``; give its value to ``settings.load``."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FOLDER",
        help="folder with service.toml and agents/ (default: ./config, or the one shipped)",
    )


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add ``--data-dir``; give its value to ``settings.load`` as override ``data_dir``."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="FOLDER",
        help="folder for the database and generated secrets (default: data)",
    )
