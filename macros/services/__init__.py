"""What can be done with macros: keep them, and run one on a ticket."""

from macros.services.editing import change_macro, copy_macro, delete_macro, make_macro
from macros.services.running import run_macro, text_of, use_reply

__all__ = ["change_macro", "copy_macro", "delete_macro", "make_macro", "run_macro", "text_of", "use_reply"]
