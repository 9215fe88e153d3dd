"""A study made of uploaded files: taken in, looked into, checked one by one, written as a study folder."""

from planner.intake.uploads.accepting import MOST_MB_A_FILE, MOST_MB_UNPACKED
from planner.intake.uploads.checking import Check, FileCheck, check_draft
from planner.intake.uploads.draft import (
    Draft,
    Upload,
    add_uploads,
    change_upload,
    columns_sought,
    remove_upload,
    with_source,
)
from planner.intake.uploads.estimating import can_be_estimated, estimate_missing
from planner.intake.uploads.looking import Part, could_be
from planner.intake.uploads.private_folder import PrivateFolder
from planner.intake.uploads.writing import write_study_file

__all__ = [
    "MOST_MB_A_FILE",
    "MOST_MB_UNPACKED",
    "Check",
    "Draft",
    "FileCheck",
    "Part",
    "PrivateFolder",
    "Upload",
    "add_uploads",
    "can_be_estimated",
    "change_upload",
    "check_draft",
    "columns_sought",
    "could_be",
    "estimate_missing",
    "remove_upload",
    "with_source",
    "write_study_file",
]
