"""A virtual environment for each peer, all with the torch of this one."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

PEERS = {
    "neuralforecast": "neuralforecast==3.3.0",
    "darts": "darts[torch]==0.48.1",
    "gluonts": "gluonts[torch]==0.17.0",
    "pytorch-forecasting": "pytorch-forecasting==1.8.0",
}


def python_of(name: str, folder: Path) -> Path | None:
    """Install a peer unless it is there; return its Python, or None if it cannot be had."""
    requirement, home = PEERS[name], folder / name
    python, done = home / "bin" / "python", home / "installed"
    if done.is_file() and done.read_text() == requirement:
        return python
    print(f"installing {requirement} in {home}", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    # pip takes what such a file names for installed, so torch is neither fetched nor stored again.
    (packages / "torch.pth").write_text(f"{linked_torch(folder)}\n")
    pip = [str(python), "-m", "pip", "install", "--quiet", requirement]
    installed = subprocess.run(pip, capture_output=True, text=True)
    if installed.returncode:
        print(f"{name} is left out: {installed.stderr[-1000:]}", file=sys.stderr)
        return None
    done.write_text(requirement)
    return python


def linked_torch(folder: Path) -> Path:
    """Make a folder that holds links to what makes up torch here, and nothing else."""
    links = folder.resolve() / "torch"
    links.mkdir(parents=True, exist_ok=True)
    torch = importlib.metadata.distribution("torch")
    names = {file.parts[0] for file in torch.files or () if file.parts[0] != ".."}
    for name in names:
        link = links / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path(str(torch.locate_file(name))))
    return links
