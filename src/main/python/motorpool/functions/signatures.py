"""A function with its schemas, and closures that call it with JSON arguments."""

from __future__ import annotations

import inspect
from typing import Any, Callable, NamedTuple, Optional

from motorpool.declaring import MARK, Declaration
from motorpool.errors import InvalidArguments
from motorpool.functions.annotations import Unresolved, hints_of
from motorpool.functions.shapes import Convert, Misfit, Shape
from motorpool.functions.types import ShapeBuilder

Invoke = Callable[[list[Any], dict[str, Any]], Any]

_UNKNOWN = inspect.Signature(
    [
        inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
        inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
    ]
)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Binding(NamedTuple):
    """The converters of a function's parameters."""

    positional: list[Shape]
    named: dict[str, Optional[Convert]]
    rest: Optional[Shape]
    others: Optional[Shape]
    exact: bool


class Function:
    """A function that can be called by name."""

    def __init__(self, name: str, source: str, target: Callable[..., Any]) -> None:
        self.name = name
        self.source = source
        self.target = target
        self.asynchronous = inspect.iscoroutinefunction(inspect.unwrap(target))
        self.missing: list[str] = []
        self.description = self._describe()
        binding = self._bind(ShapeBuilder())
        #: Whether numbers of its arguments are parsed as decimals.
        self.exact = binding.exact
        self._exact_invoke: Optional[Invoke] = None
        #: As `invoke`, with one argument by position.
        self.invoke_item = _item_invoker(target, binding)
        #: Calls the function with JSON arguments. Unless `exact` it may raise `InexactNumber`.
        self.invoke: Invoke = self.invoke_exactly if binding.exact else _invoker(target, binding)

    def invoke_exactly(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """As `invoke`, for arguments whose numbers with a fraction are decimals."""
        invoke = self._exact_invoke
        if invoke is None:
            invoke = self._exact_invoke = _invoker(self.target, self._bind(ShapeBuilder(decimals=True)))
        return invoke(args, kwargs)

    def _bind(self, builder: ShapeBuilder) -> Binding:
        signature, hints = _signature(self.target), _hints(self.target)
        binding = Binding([], {}, None, None, False)
        for name, parameter in signature.parameters.items():
            shape = builder.shape(hints[name]) if name in hints else builder.anything
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                binding = binding._replace(rest=shape)
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                binding = binding._replace(others=shape)
            else:
                if parameter.kind in _POSITIONAL:
                    binding.positional.append(shape)
                if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY:
                    binding.named[name] = shape.convert
            binding = binding._replace(exact=binding.exact or shape.exact)
        return binding

    def _describe(self) -> dict[str, Any]:
        declaration: Declaration = getattr(self.target, MARK, None) or Declaration()
        hints = _hints(self.target)
        parameters = _Parameters(_signature(self.target), hints)
        self.missing = parameters.missing
        workload = declaration.workload or ("io" if self.asynchronous else "cpu")
        description: dict[str, Any] = {
            "name": self.name,
            "description": _first_paragraph(declaration.description or inspect.getdoc(self.target) or ""),
            "workload": workload,
            "parameters": parameters.schema,
            "returns": _returns(hints),
            "source": self.source,
            **parameters.extras,
        }
        if self.asynchronous:
            description["asynchronous"] = True
        if declaration.defaults:
            description["defaults"] = dict(declaration.defaults)
        return description


class _Parameters:
    """The schema of the named parameters, and what a schema cannot say about positions."""

    def __init__(self, signature: inspect.Signature, hints: dict[str, Any]) -> None:
        self._builder = ShapeBuilder()
        self._hints = hints
        self.missing: list[str] = []
        self.extras: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        required: list[str] = []
        additional: Any = False
        positional = positional_only = 0
        for name, parameter in signature.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                self.extras["rest"] = self._document(name)
                continue
            schema = self._schema(name)
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                additional = schema or True
                continue
            positional += parameter.kind in _POSITIONAL
            positional_only += parameter.kind is inspect.Parameter.POSITIONAL_ONLY
            if parameter.default is inspect.Parameter.empty:
                required.append(name)
            elif _is_plain(parameter.default):
                schema = {**schema, "default": parameter.default}
            properties[name] = schema
        if positional < len(properties):
            self.extras["positional"] = positional
        if positional_only:
            self.extras["positional_only"] = positional_only
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": additional,
        }
        if self._builder.definitions:
            self.schema["$defs"] = self._builder.definitions

    def _schema(self, name: str) -> dict[str, Any]:
        if name not in self._hints:
            self.missing.append(f"{name} has no annotation")
            return {}
        known = len(self._builder.missing)
        schema = self._builder.shape(self._hints[name]).schema
        self.missing += [f"{name}: {reason}" for reason in self._builder.missing[known:]]
        return schema

    def _document(self, name: str) -> Any:
        """A schema that stands alone."""
        mine, self._builder = self._builder, ShapeBuilder()
        schema = self._schema(name)
        definitions, self._builder = self._builder.definitions, mine
        return ({**schema, "$defs": definitions} if definitions else schema) or True


def _returns(hints: dict[str, Any]) -> Any:
    if "return" not in hints:
        return True
    builder = ShapeBuilder()
    schema = builder.shape(hints["return"]).schema
    if builder.definitions:
        schema = {**schema, "$defs": builder.definitions}
    return schema or True


def _signature(target: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(target)
    except ValueError:  # native code that does not say what it takes
        return _UNKNOWN


def _hints(target: Callable[..., Any]) -> dict[str, Any]:
    """The annotations; what is `None` by default may also be given as null."""
    hints = hints_of(target)
    for name, parameter in _signature(target).parameters.items():
        if parameter.default is None and not isinstance(hints.get(name, Unresolved("")), Unresolved):
            hints[name] = Optional[hints[name]]
    return hints


def _first_paragraph(text: str) -> str:
    return " ".join(text.strip().partition("\n\n")[0].split())


def _is_plain(default: Any) -> bool:
    if isinstance(default, float):
        return default == default and default not in (float("inf"), float("-inf"))
    return default is None or type(default) in (bool, str) or (type(default) is int and abs(default) < 1 << 63)


def _invoker(target: Callable[..., Any], binding: Binding) -> Invoke:
    """The fastest call that fits the parameters."""
    general = _general_invoker(target, binding)
    converters = [shape.convert for shape in binding.positional]
    if len(converters) == 1 and binding.rest is None:
        with_one = _item_invoker(target, binding)

        def invoke_one(args: list[Any], kwargs: dict[str, Any]) -> Any:
            if kwargs or len(args) != 1:
                return general(args, kwargs)
            return with_one(args[0])

        return invoke_one
    if not any(converters) and binding.rest is None:
        most = len(converters)

        def invoke_as_is(args: list[Any], kwargs: dict[str, Any]) -> Any:
            if kwargs or len(args) > most:
                return general(args, kwargs)
            return target(*args)

        return invoke_as_is
    return general


def _item_invoker(target: Callable[..., Any], binding: Binding) -> Callable[[Any], Any]:
    """Calls the function with one argument by position."""
    if not binding.positional:
        general = _general_invoker(target, binding)
        return lambda item: general([item], {})
    convert, plain = binding.positional[0].convert, binding.positional[0].plain
    if convert is None:
        return target
    only: Convert = convert

    def invoke_item(item: Any) -> Any:
        if type(item) is plain:
            return target(item)
        try:
            argument = only(item)
        except Misfit as misfit:
            raise _invalid(misfit.below(0), "args") from None
        return target(argument)

    return invoke_item


def _general_invoker(target: Callable[..., Any], binding: Binding) -> Invoke:
    converters = [shape.convert for shape in binding.positional]
    count = len(converters)
    rest, named, others = binding.rest, binding.named, binding.others

    def place(index: int, value: Any) -> Any:
        if index < count:
            convert = converters[index]
        elif rest is not None:
            convert = rest.convert
        else:
            raise InvalidArguments(f"is one argument too many: {count} may be given by position", f"/args/{index}")
        try:
            return value if convert is None else convert(value)
        except Misfit as misfit:
            raise _invalid(misfit.below(index), "args") from None

    def name(key: str, value: Any) -> Any:
        if key in named:
            convert = named[key]
        elif others is not None:
            convert = others.convert
        else:
            raise InvalidArguments("is not a parameter", _invalid(Misfit("", (key,)), "kwargs").pointer)
        try:
            return value if convert is None else convert(value)
        except Misfit as misfit:
            raise _invalid(misfit.below(key), "kwargs") from None

    def invoke(args: list[Any], kwargs: dict[str, Any]) -> Any:
        positional = [place(index, value) for index, value in enumerate(args)]
        if not kwargs:
            return target(*positional)
        keywords = {key: name(key, value) for key, value in kwargs.items()}
        return target(*positional, **keywords)

    return invoke


def _invalid(misfit: Misfit, root: str) -> InvalidArguments:
    return InvalidArguments(misfit.message, "/" + root + misfit.pointer())
