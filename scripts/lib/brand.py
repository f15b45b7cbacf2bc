"""Draws the images in custom_components/coachiq/brand: a coach on its bus line."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BRAND = Path(__file__).resolve().parents[2] / "custom_components" / "coachiq" / "brand"
FINE = 4  # drawn this much larger, then scaled down, for smooth edges
SIDE = 512
NIGHT, DUSK = (12, 52, 84), (20, 110, 130)
WHITE, GLASS, AMBER, TYRE = (250, 252, 252), (96, 190, 205), (255, 179, 64), (16, 40, 60)

type Point = tuple[float, float]
type Colour = tuple[int, int, int]


def icon() -> Image.Image:
    """Return the icon, SIDE * FINE pixels wide: all numbers below are in 512ths."""
    size = SIDE * FINE
    sky = Image.new("RGB", (1, 2))
    sky.putdata([NIGHT, DUSK])
    image = Image.new("RGBA", (size, size))
    shape = Image.new("L", (size, size))
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, size - 1, size - 1), 112 * FINE, fill=255)
    image.paste(sky.resize((size, size), Image.Resampling.BICUBIC), (0, 0), shape)
    draw = ImageDraw.Draw(image)

    def rounded(points: list[Point], radius: float, fill: Colour) -> None:
        """Fill a polygon and a seam of that radius around it."""
        corners = [(x * FINE, y * FINE) for x, y in points]
        draw.polygon(corners, fill=fill)
        draw.line([*corners, corners[0]], fill=fill, width=round(2 * radius * FINE))
        for x, y in points:
            disc(x, y, radius, fill)

    def box(corners: tuple[float, float, float, float], radius: float, fill: Colour) -> None:
        draw.rounded_rectangle([side * FINE for side in corners], radius * FINE, fill=fill)

    def disc(x: float, y: float, radius: float, fill: Colour) -> None:
        draw.ellipse([(v + d) * FINE for d in (-radius, radius) for v in (x, y)], fill=fill)

    # The body: flat roof, a windscreen that leans back on the right.
    box((150, 118, 214, 150), 14, WHITE)
    rounded([(98, 164), (374, 164), (416, 256), (416, 298), (98, 298)], 24, WHITE)
    # Glass: three windows and the windscreen.
    for x in (104, 174, 244):
        box((x, 176, x + 54, 236), 12, GLASS)
    rounded([(330, 184), (366, 184), (386, 228), (330, 228)], 8, GLASS)
    # The stripe is the wave of a frame on the wire.
    wave = [(74, 286), (210, 286), (210, 260), (234, 260), (234, 286), (258, 286), (258, 260)]
    wave += [(306, 260), (306, 286), (440, 286)]
    line = [(x * FINE, y * FINE) for x, y in wave]
    draw.line(line, fill=AMBER, width=12 * FINE, joint="curve")
    for x in (156, 358):
        disc(x, 322, 44, DUSK)
        disc(x, 322, 34, TYRE)
        disc(x, 322, 13, WHITE)
    # The bus below, with a node at each end and one that taps it.
    box((92, 400, 420, 410), 5, AMBER)
    for x in (92, 256, 420):
        disc(x, 405, 20, AMBER)
        disc(x, 405, 9, NIGHT)
    return image


def logo(mark: Image.Image) -> Image.Image:
    """Return the icon with the name beside it, on nothing."""
    height = mark.height
    font = ImageFont.truetype("DejaVuSans-Bold.ttf", int(height * 0.42))
    width = int(font.getlength("CoachIQ"))
    image = Image.new("RGBA", (int(height * 1.18) + width, height))
    image.paste(mark, (0, 0), mark)
    draw = ImageDraw.Draw(image)
    place = (int(height * 1.14), height // 2)
    draw.text(place, "Coach", fill=DUSK, font=font, anchor="lm")
    after = place[0] + int(font.getlength("Coach"))
    draw.text((after, place[1]), "IQ", fill=AMBER, font=font, anchor="lm")
    return image


def main() -> None:
    """Write the four files."""
    BRAND.mkdir(exist_ok=True)
    mark = icon()
    for name, image, height in (("icon", mark, 256), ("logo", logo(mark), 128)):
        for suffix, times in (("", 1), ("@2x", 2)):
            tall = height * times
            size = (round(image.width * tall / image.height), tall)
            small = image.resize(size, Image.Resampling.LANCZOS)
            small.save(BRAND / f"{name}{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
