"""How fast pictures are made ready, beside pyvips: python -m benchmarks.pictures

Processor time of one core in this process, the least of several rounds; the sealed process adds 0.2 ms a picture for
asking it.  pyvips decodes, reduces and encodes the same pictures; without it its column is empty.
"""

import io
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

from PIL import Image

from convert.pictures.decoding import judged
from convert.pictures.processing import made
from convert.pictures.profiles import PROFILES, Treatment

SIZES = ((600, 400), (1600, 1067), (4000, 3000))
AIMS = {(600, 400): 10, (4000, 3000): 45}
"""Most milliseconds of the profile `phone`."""
ROUNDS = 7


def drawn(width: int, height: int) -> bytes:
    """Return a JPEG with shapes, slopes and noise, as a photograph has them."""
    shapes = Image.effect_mandelbrot((width, height), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    grain = Image.frombytes("L", (256, 256), bytes((x * x * 7 + x * 31) % 251 for x in range(65536)))
    noise = grain.resize((width, height), Image.Resampling.BILINEAR).convert("RGB")
    out = io.BytesIO()
    Image.blend(shapes, noise, 0.2).save(out, "JPEG", quality=85)
    return out.getvalue()


def least(work: Callable[[], object]) -> float:
    """Return the least processor time of some rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000


def by_vips(data: bytes, treatment: Treatment) -> Callable[[], object] | None:
    """Return what pyvips does with a picture, None where it is not installed."""
    if find_spec("pyvips") is None:
        return None
    import pyvips

    pyvips.cache_set_max(0)

    def work() -> object:
        image = pyvips.Image.thumbnail_buffer(data, treatment.edge, height=treatment.edge, size="down")
        return image.jpegsave_buffer(Q=treatment.quality, optimize_coding=True, keep="none")

    return work


def main() -> int:
    """Print the table; return 1 if an aim is missed."""
    missed = 0
    print(f"{'picture':>12} {'kB':>6} {'profile':>9} {'ms':>7} {'kB':>6} {'pyvips ms':>10}   judging it")
    for size in SIZES:
        data = drawn(*size)
        judging = least(lambda data=data: judged(data))  # type: ignore[misc]
        for name, treatment in PROFILES.items():
            if treatment is None:
                continue
            ours = least(lambda data=data, treatment=treatment: made(data, treatment))  # type: ignore[misc]
            vips = by_vips(data, treatment) if treatment.edge and not treatment.grey else None
            beside = f"{least(vips):10.1f}" if vips else f"{'':10}"
            reached = ""
            if name == "phone" and size in AIMS:
                reached = f"   aim {AIMS[size]} ms: {'reached' if ours <= AIMS[size] else 'NOT reached'}"
                missed += ours > AIMS[size]
            kilobytes = len(made(data, treatment)[3]) / 1000
            print(
                f"{size[0]:>5} × {size[1]:<4} {len(data) / 1000:6.0f} {name:>9} {ours:7.1f} {kilobytes:6.1f} {beside}"
                f"   {judging:5.1f} ms{reached}"
            )
    if find_spec("pyvips") is None:
        print("pyvips is not installed: pip install pyvips pyvips-binary")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
