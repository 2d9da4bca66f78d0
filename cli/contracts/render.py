"""The text of a .proto file written back from its descriptor."""

import importlib

from google.protobuf import descriptor_pool, message, message_factory, text_format
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto

_LARGEST_FIELD_NUMBER = 536_870_911
_LABELS = {
    FieldDescriptorProto.LABEL_OPTIONAL: "optional ",
    FieldDescriptorProto.LABEL_REPEATED: "repeated ",
    FieldDescriptorProto.LABEL_REQUIRED: "required ",
}
_OPTIONS = ("File", "Message", "Field", "Oneof", "Enum", "EnumValue")


def to_proto(file: FileDescriptorProto) -> str:
    """Write a proto2 file whose declarations compile to this descriptor again, custom options defined in it included.

    It knows what such files of options hold: messages, enums and extensions at the top, no services, groups, maps or default values.
    A declaration of another form is refused with ValueError rather than left out.
    """
    if file.syntax not in ("", "proto2") or file.service:
        raise ValueError(f"{file.name} is not a proto2 file without services")
    printer = _Printer(file)
    parts = ['syntax = "proto2";', f"package {file.package};"]
    parts += [f'import "{name}";' for name in file.dependency]
    parts += [f"option {option};" for option in printer.options(file.options, "File")]
    parts += [printer.enum(enum) for enum in file.enum_type]
    parts += [printer.message(declared) for declared in file.message_type]
    parts += [f"extend {extension.extendee} {{ {printer.field(extension)} }}" for extension in file.extension]
    return "\n".join(parts) + "\n"


class _Printer:
    def __init__(self, file: FileDescriptorProto) -> None:
        pool = descriptor_pool.DescriptorPool()
        for name in file.dependency:
            source = FileDescriptorProto()
            importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2").DESCRIPTOR.CopyToProto(source)
            pool.Add(source)
        pool.Add(file)
        self._pool = pool
        # Options read with these classes show the file's own extensions, which the default classes keep as unknown bytes.
        self._options = {
            kind: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"google.protobuf.{kind}Options")) for kind in _OPTIONS
        }

    def options(self, options: message.Message, kind: str) -> list[str]:
        known = self._options[kind].FromString(options.SerializeToString())
        written = []
        for field, value in known.ListFields():
            name = f"({field.full_name})" if field.is_extension else field.name
            if field.is_repeated:
                raise ValueError(f"a repeated option {name} is not known here")
            written.append(f"{name} = {_literal(name, value)}")
        return written

    def brackets(self, options: message.Message, kind: str) -> str:
        written = self.options(options, kind)
        return f" [{', '.join(written)}]" if written else ""

    def field(self, field: FieldDescriptorProto, *, labelled: bool = True) -> str:
        if field.type == FieldDescriptorProto.TYPE_GROUP or field.HasField("default_value"):
            raise ValueError(f"the form of {field.name} is not known here")
        kind = field.type_name or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
        label = _LABELS[field.label] if labelled else ""
        return f"{label}{kind} {field.name} = {field.number}{self.brackets(field.options, 'Field')};"

    def message(self, declared: DescriptorProto) -> str:
        if declared.nested_type or declared.enum_type or declared.extension:
            raise ValueError(f"declarations inside {declared.name} are not known here")
        lines = [f"  option {option};" for option in self.options(declared.options, "Message")]
        opened: int | None = None
        for field in declared.field:
            oneof = field.oneof_index if field.HasField("oneof_index") else None
            if opened is not None and oneof != opened:
                lines.append("  }")
            if oneof is not None and oneof != opened:
                declaration = declared.oneof_decl[oneof]
                lines.append(f"  oneof {declaration.name} {{")
                lines += [f"    option {option};" for option in self.options(declaration.options, "Oneof")]
            lines.append(f"{'  ' if oneof is None else '    '}{self.field(field, labelled=oneof is None)}")
            opened = oneof
        if opened is not None:
            lines.append("  }")
        lines += [f"  reserved {_range(item.start, item.end - 1)};" for item in declared.reserved_range]
        lines += [f'  reserved "{name}";' for name in declared.reserved_name]
        lines += [f"  extensions {_range(item.start, item.end - 1)};" for item in declared.extension_range]
        return "\n".join([f"message {declared.name} {{", *lines, "}"])

    def enum(self, enum: EnumDescriptorProto) -> str:
        lines = [f"  option {option};" for option in self.options(enum.options, "Enum")]
        lines += [f"  {value.name} = {value.number}{self.brackets(value.options, 'EnumValue')};" for value in enum.value]
        lines += [f"  reserved {_range(item.start, item.end)};" for item in enum.reserved_range]
        lines += [f'  reserved "{name}";' for name in enum.reserved_name]
        return "\n".join([f"enum {enum.name} {{", *lines, "}"])


def _range(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first} to {'max' if last == _LARGEST_FIELD_NUMBER else last}"


def _literal(name: str, value: object) -> str:
    if isinstance(value, message.Message):
        return "{ " + text_format.MessageToString(value, as_one_line=True) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raise ValueError(f"an option of the form of {name} is not known here")
