"""What the current draw made of a step, in words."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from studio.augment.operation import Kind, Number, get
from studio.augment.plan import Plan, PlannedStep
from studio.augment.recipe import Step
from studio.qt.recipe.form import translated
from studio.qt.recipe.number_text import format_value


def describe_draw(step: Step, plan: Plan) -> str:
    """Return what a card notes about its step beside the values that its controls show.

    Of a policy and a group it is what was drawn, of a mix the other images; of any other step
    only whether it was left out.
    """
    planned = plan.steps_of(step.id)
    if step.is_group:
        if not any(child.enabled for child in step.steps):
            return ""
        chosen = [child for child in step.steps if plan.steps_of(child.id)]
        return ", ".join(_title(child.op) for child in chosen) or _left_out()
    if not planned:
        return _left_out()
    if step.operation.kind is Kind.POLICY:
        return _describe_steps(planned)
    if step.operation.partners:
        return _describe_partners(plan, planned[0])
    return ""


def _describe_steps(steps: Sequence[PlannedStep]) -> str:
    return ", ".join(map(_describe_step, steps))


def _describe_step(step: PlannedStep) -> str:
    if step.branches:
        chains = (branch for branch in step.branches if branch.steps)
        text = " + ".join(_describe_steps(branch.steps) for branch in chains)
        return text or _text("unchanged")
    values = " ".join(_describe_values(step))
    return f"{_title(step.op)} {values}".rstrip()


def _describe_values(step: PlannedStep) -> Sequence[str]:
    numbers = (param for param in get(step.op).params if isinstance(param, Number))
    values = ((number, float(step.values[number.name])) for number in numbers)
    return [format_value(number, value) for number, value in values if value != number.neutral]


def _describe_partners(plan: Plan, step: PlannedStep) -> str:
    others = [key if key != plan.image else _text("itself") for key in step.partners]
    return _text("with {others}").format(others=", ".join(dict.fromkeys(others)))


def _left_out() -> str:
    return _text("not in this draw")


def _title(op: str) -> str:
    return translated(get(op).title)


def _text(text: str) -> str:
    return QCoreApplication.translate("StepCard", text)
