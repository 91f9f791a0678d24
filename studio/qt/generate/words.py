"""How made images, and how near they are to training images, are told in words."""

from PySide6.QtCore import QCoreApplication

from studio.gan.samples import Made, Sample, Twin

translate = QCoreApplication.translate
_NEAR = 2.0
_TENTHS = 10


def name_briefly(made: Made) -> str:
    """Return the class of an image, and how far it is on its way where it is a step."""
    if made.sample.toward is None:
        return made.class_name
    percent = translate("Generate", "{percent} %").format(percent=round(100 * made.sample.share))
    return f"{made.class_name} {percent}".strip()


def describe_sample(sample: Sample) -> str:
    """Return which image of its class it is."""
    if sample.toward is None:
        return translate("Generate", "seed {seed}").format(seed=sample.seed)
    text = translate("Generate", "{percent} % of the way from seed {seed} to {toward}")
    percent = round(100 * sample.share)
    return text.format(percent=percent, seed=sample.seed, toward=sample.toward)


def describe_distance(twin: Twin | None) -> str:
    """Return how near an image is to the training image nearest to it."""
    if twin is None:
        return translate("Generate", "This run keeps no training images to compare it with.")
    if twin.is_copy:
        return translate("Generate", "Near copy of a training image: left out unless you keep it.")
    text = translate("Generate", "Clearly another image: {times} times as far as a near copy.")
    if twin.distance < _NEAR:
        text = translate("Generate", "Close to a training image: {times} times as far as a copy.")
    times = round(twin.distance * _TENTHS) / _TENTHS
    return text.format(times=f"{times:g}")


def describe_waiting(what: str) -> str:
    """Return what goes on, as the child process tells it, for people."""
    if what == "starting TensorFlow":
        return translate("Generate", "Starting TensorFlow …")
    return translate("Generate", "Loading the generator …")
