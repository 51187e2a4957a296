"""Everything proposals can be asked: rows, whom they concern, who may sign, what they change."""

from hedu.center.proposals.reads.affected import Impact, impact_of
from hedu.center.proposals.reads.blocking import what_blocks
from hedu.center.proposals.reads.flips import Flip
from hedu.center.proposals.reads.kept import KeptAnswer
from hedu.center.proposals.reads.matter import (
    bases_of,
    datasets_of,
    digest_of,
    impact_on,
    is_there_already,
    moved_in,
    names_of,
    target_changes,
)
from hedu.center.proposals.reads.naming import departments_in, labels_of, titles_of
from hedu.center.proposals.reads.parties import with_parties
from hedu.center.proposals.reads.people import administrators, asked_people, committee, is_person, may_sign_for, signers
from hedu.center.proposals.reads.preview import Course, Preview, preview_of, preview_on
from hedu.center.proposals.reads.programs import disputes, plan, preview, proposal, proposals
from hedu.center.proposals.reads.rows import (
    affected_of,
    approval_of,
    change_of,
    deciders_of,
    due_now,
    everybody_asked,
    extensions_visible_to,
    field_paths,
    followers_of,
    latest,
    makers_of,
    newly_required,
    required_of,
    signable,
    signatures_of,
    timeline_of,
    touching,
    unseen,
    visible_to,
    waiting_departments,
    waits_for,
)
from hedu.center.proposals.reads.sight import require_seen
from hedu.center.proposals.rules import LIVE

__all__ = [
    "LIVE",
    "Course",
    "Flip",
    "Impact",
    "KeptAnswer",
    "Preview",
    "administrators",
    "affected_of",
    "approval_of",
    "asked_people",
    "bases_of",
    "change_of",
    "committee",
    "datasets_of",
    "deciders_of",
    "departments_in",
    "digest_of",
    "disputes",
    "due_now",
    "everybody_asked",
    "extensions_visible_to",
    "field_paths",
    "followers_of",
    "impact_of",
    "impact_on",
    "is_person",
    "is_there_already",
    "labels_of",
    "latest",
    "makers_of",
    "may_sign_for",
    "moved_in",
    "names_of",
    "newly_required",
    "plan",
    "preview",
    "preview_of",
    "preview_on",
    "proposal",
    "proposals",
    "require_seen",
    "required_of",
    "signable",
    "signatures_of",
    "signers",
    "target_changes",
    "timeline_of",
    "titles_of",
    "touching",
    "unseen",
    "visible_to",
    "waiting_departments",
    "waits_for",
    "what_blocks",
    "with_parties",
]
