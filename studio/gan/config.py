"""What a training is asked for, and the presets: each a few lines of data."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from studio.augment.recipe import SEED
from studio.errors import UserError

SIZES = (16, 28, 32, 48, 64, 96, 128)
FEWEST_IMAGES = 8
FEW_IMAGES = 5000
"""Below this number the discriminator's input is augmented unless told otherwise."""

_SMALL_BATCH = 16

LossName = Literal["relativistic", "non_saturating", "hinge"]
NetworkName = Literal["convolutional", "perceptron", "dcgan", "projection", "residual"]


class Preset(Struct, frozen=True):
    """A way to train that is known to work; `use` says when to choose it.

    `gamma` weighs the gradient penalties on real and generated images; `half_life` is that of the
    exponential moving average, in images seen. `batch` is how many images a step takes where there
    are thousands. `width` is the number of channels at full size.
    `wide` holds what is otherwise where there is more to be learnt, see `needs_width`. `help` is
    what there is to know beyond `use`.
    """

    name: str
    title: str
    use: str
    network: NetworkName
    loss: LossName
    latent: int
    width: int
    learning_rate: float
    beta_1: float
    beta_2: float
    gamma: float
    half_life: float = 10_000
    batch: int = 64
    is_conditional: bool = True
    mixed_precision: bool = False
    wide: dict[str, Any] = {}
    help: str = ""


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="fast",
            title="Fast",
            use="The first choice: shows in minutes, on a laptop's processor, what can be had.",
            network="convolutional",
            loss="relativistic",
            latent=64,
            width=32,
            learning_rate=1e-3,
            beta_1=0.0,
            beta_2=0.99,
            gamma=0.1,
            # 80,000 digits in steps of 16: Fréchet distance 1.9; in 0.7 of the time by 64s: 7.3.
            batch=16,
            wide={"width": 48, "learning_rate": 5e-4, "batch": 64},
        ),
        Preset(
            name="classic",
            title="Classic",
            use="The small networks of the textbooks, mended so that they learn: to teach with.",
            help=(
                "Four of the textbook's lines had to change. The generator ends in as many values"
                " as your images have, not in those of the book's data set. The discriminator gives"
                " logits, without a sigmoid whose slope vanishes, and the generator's loss is the"
                " non-saturating one. Both networks take turns in one step, instead of a frozen"
                " discriminator inside a compiled model. And images are scaled to -1..1, as the"
                " generator's last tanh gives them."
            ),
            network="perceptron",
            loss="non_saturating",
            latent=100,
            width=64,
            learning_rate=2e-4,
            beta_1=0.5,
            beta_2=0.999,
            gamma=0.0,
            is_conditional=False,
        ),
        Preset(
            name="dcgan",
            title="DCGAN",
            use="Radford et al. 2016 (arXiv 1511.06434), to compare with what others report.",
            network="dcgan",
            loss="non_saturating",
            latent=100,
            width=64,
            learning_rate=2e-4,
            beta_1=0.5,
            beta_2=0.999,
            gamma=0.0,
            is_conditional=False,
        ),
        Preset(
            name="hinge",
            title="Hinge",
            use="Spectral normalisation and projection (Miyato and Koyama 2018), for many classes.",
            network="projection",
            loss="hinge",
            latent=128,
            width=32,
            learning_rate=2e-4,
            beta_1=0.0,
            beta_2=0.9,
            gamma=0.0,
        ),
        Preset(
            name="large",
            title="Large",
            use="Residual networks for 64 to 128 pixels. Needs a graphics card.",
            network="residual",
            loss="relativistic",
            latent=64,
            width=64,
            learning_rate=2e-4,
            beta_1=0.0,
            beta_2=0.99,
            gamma=1.0,
            mixed_precision=True,
        ),
    )
}


class TrainConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What a run was asked for. Stops after `minutes` of training or `kimg` thousand images.

    `size` is the side of the images, in pixels. `fit` says how others are made square. `augment`
    None means: when there are fewer than `FEW_IMAGES` images.
    """

    preset: str = "fast"
    size: int = 32
    grey: bool = False
    fit: Literal["crop", "pad"] = "crop"
    minutes: float | None = 5.0
    kimg: float | None = None
    batch: int = 64
    seed: int = 0
    mirror: bool = False
    augment: bool | None = None
    devices: Literal["one", "all"] = "one"

    @property
    def channels(self) -> int:
        return 1 if self.grey else 3


def check_config(config: TrainConfig) -> Preset:
    """Return the preset of a sound configuration; UserError names the field that is not."""
    if config.preset not in PRESETS:
        raise UserError(f"preset: {config.preset!r} is none", f"There are: {', '.join(PRESETS)}.")
    if config.size not in SIZES:
        raise UserError(f"size: must be one of {', '.join(map(str, SIZES))}")
    if not 2 <= config.batch <= 4096:
        raise UserError("batch: must be within 2..4096")
    if config.minutes is None and config.kimg is None:
        raise UserError("minutes: give minutes or kimg", "A training needs an end.")
    if config.fit not in ("crop", "pad"):
        raise UserError("fit: must be crop or pad")
    if config.devices not in ("one", "all"):
        raise UserError("devices: must be one or all")
    for name, value in (("minutes", config.minutes), ("kimg", config.kimg)):
        if value is not None and not 0 < value < float("inf"):
            raise UserError(f"{name}: must be more than 0")
    try:
        SEED.parse(config.seed)
    except ValueError as error:
        raise UserError(f"seed: {error}") from None
    return PRESETS[config.preset]


def needs_width(config: TrainConfig, images: int) -> bool:
    """Tell whether there is so much to learn that wider networks are worth their time.

    Thousands of photographs are; a few hundred pictures are learnt sooner by narrow ones.
    """
    return not config.grey and images >= FEW_IMAGES


def usual_batch(config: TrainConfig, images: int) -> int:
    """Return how many images to take in a step where so many are trained on.

    Few images are learnt in fewer of them by more, smaller steps.
    """
    if images < FEW_IMAGES:
        return _SMALL_BATCH
    return fit_preset(PRESETS[config.preset], wide=needs_width(config, images)).batch


def fit_preset(preset: Preset, *, wide: bool) -> Preset:
    """Return the preset as it is, or with wider networks if it has any."""
    return replace(preset, **preset.wide) if wide else preset
