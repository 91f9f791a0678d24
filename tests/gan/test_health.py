"""The light says what a person should know, and only when it is so."""

from studio.gan.health import HealthWatch, State


def test_a_discriminator_wins_only_after_a_long_time() -> None:
    watch = HealthWatch()
    for images in range(0, 20_000, 1000):
        watch.note_step(images, 0.99)
    assert watch.health().state is State.HEALTHY
    watch.note_step(20_000, 0.99)
    assert watch.health().state is State.DISCRIMINATOR_WINS
    watch.note_step(21_000, 0.9)
    assert watch.health().state is State.HEALTHY


def test_images_that_are_all_alike_are_a_collapse_but_not_at_the_beginning() -> None:
    watch = HealthWatch()
    watch.note_quality(10_000, 0.1, 0.0, None)
    assert watch.health().state is State.HEALTHY
    watch.note_quality(40_000, 0.4, 0.5, None)
    assert watch.health().state is State.COLLAPSE
    watch.note_quality(50_000, 0.9, 0.6, None)
    assert watch.health().state is State.HEALTHY


def test_coverage_that_falls_three_times_running_is_a_collapse() -> None:
    watch = HealthWatch()
    for number, coverage in enumerate((0.9, 0.8, 0.7)):
        watch.note_quality(40_000 + number, 1.0, coverage, None)
    assert watch.health().state is State.HEALTHY
    watch.note_quality(50_000, 1.0, 0.6, None)
    assert watch.health().state is State.COLLAPSE


def test_held_out_images_that_look_made_tell_of_memorising() -> None:
    watch = HealthWatch()
    watch.note_quality(40_000, 1.0, 0.9, 0.7)
    health = watch.health()
    assert health.state is State.MEMORISING
    assert "augmentation" in health.advice
