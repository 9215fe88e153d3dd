"""The one store for saved studies and plans: SQLite in a folder, or PostgreSQL by a URL.

::

    from planner.store import draft_of, open_store, study_files
    with open_store("saved") as store:                     # or "postgresql://user:password@host/database"
        kept = store.save_study(study.name, study_files(study.folder), saved_by="王工")
        store.save_plan(draft_of(plan, "基本方案", "", kept.id), saved_by="王工")

Nothing is ever overwritten: the same files are one study, a plan saved under a name that is there becomes its next
revision, and what is removed is hidden and can be brought back.
"""

from planner.store.drafts import choices_of, draft_of, plan_of, scenario_of
from planner.store.records import PlanDraft, SavedPlan, SavedSolution, SavedStudy
from planner.store.store import Store, open_store
from planner.store.study_files import study_files

__all__ = [
    "PlanDraft",
    "SavedPlan",
    "SavedSolution",
    "SavedStudy",
    "Store",
    "choices_of",
    "draft_of",
    "open_store",
    "plan_of",
    "scenario_of",
    "study_files",
]
