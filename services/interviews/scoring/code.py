"""What can be said of code that was not run: whether it parses, defines what was asked for, and is more than the placeholder."""

import ast
import re
from dataclasses import dataclass

_LONGEST = 100_000
_LANGUAGES = {
    "": "python",
    "py": "python",
    "python3": "python",
    "js": "javascript",
    "node": "javascript",
    "ts": "javascript",
    "typescript": "javascript",
}


@dataclass(frozen=True)
class CodeReading:
    """From 0 (nothing) to 1 (all that reading can show), and why it is not more."""

    share: float
    notes: tuple[str, ...]


def read_code(code: str, language: str, signature: str) -> CodeReading:
    """Any language other than Python and JavaScript is only looked at for its size and the function's name."""
    code = code[:_LONGEST]
    name = signature.partition("(")[0].strip()
    language = _LANGUAGES.get(language.casefold(), language.casefold())
    if not code.strip():
        return CodeReading(0.0, ("There is no code.",))
    return _python(code, name) if language == "python" else _by_shape(code, name)


def _python(code: str, name: str) -> CodeReading:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CodeReading(0.15, ("The code does not parse.",))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    wanted = [node for node in functions if node.name == name] if name else functions
    if name and not wanted:
        return CodeReading(0.3, (f"The code does not define {name}.",))
    body = wanted[0].body if wanted else tree.body
    statements = [node for part in body for node in ast.walk(part) if isinstance(node, ast.stmt)]
    real = [node for node in statements if not isinstance(node, ast.Pass) and not _is_constant(node)]
    if not real or all(isinstance(node, ast.Return | ast.Raise) and _says_nothing(node) for node in real):
        return CodeReading(0.1, ("The code is still the placeholder.",))
    parameters = {argument.arg for argument in wanted[0].args.args} if wanted else set()
    used = {node.id for part in body for node in ast.walk(part) if isinstance(node, ast.Name)}
    if parameters and not parameters & used:
        return CodeReading(0.3, (f"{name} does not use what it is given.",))
    if wanted and not any(isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) for part in body for node in ast.walk(part)):
        return CodeReading(0.6, (f"{name} returns nothing.",))
    return CodeReading(1.0, ())


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Return) and (node.value is None or isinstance(node.value, ast.Constant)))


def _by_shape(code: str, name: str) -> CodeReading:
    bare = re.sub(r"//[^\n]*|/\*.*?\*/|#[^\n]*", " ", code, flags=re.DOTALL)
    bare = re.sub(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", '""', bare)
    if not _balanced(bare):
        return CodeReading(0.15, ("The code's brackets do not match.",))
    if name and not re.search(rf"\b{re.escape(name)}\b", bare):
        return CodeReading(0.3, (f"The code does not define {name}.",))
    if len(re.findall(r"[A-Za-z_]\w*|[-+*/%<>=]+", bare)) < 12:
        return CodeReading(0.1, ("The code is still the placeholder.",))
    return CodeReading(1.0 if re.search(r"\breturn\b|=>|\bselect\b", bare, re.IGNORECASE) else 0.6, ())


def _balanced(code: str) -> bool:
    closing = {")": "(", "]": "[", "}": "{"}
    open_ones: list[str] = []
    for character in code:
        if character in "([{":
            open_ones.append(character)
        elif character in closing and (not open_ones or open_ones.pop() != closing[character]):
            return False
    return not open_ones
