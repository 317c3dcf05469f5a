"""What can be done with notices: write, check, approve, publish, end. Each change of state leaves a record."""

from server.notices.service.editing import (
    ACT_IS_POSTED,
    Saved,
    SaveOutcome,
    SetAside,
    create_notice,
    drop_aside,
    duplicate_notice,
    is_posted_act,
    save_new_notice,
    save_notice,
    settle_aside,
)
from server.notices.service.expiry import expire_due, expire_notice
from server.notices.service.lifecycle import (
    approve_notice,
    discard_notice,
    find_findings,
    publish_notice,
    return_notice,
    submit_notice,
    withdraw_notice,
)
from server.notices.service.pictures import (
    StoredPicture,
    add_picture,
    illustrate_notice,
    stop_using_pictures,
    store_picture,
    use_pictures,
)

__all__ = [
    "ACT_IS_POSTED",
    "SaveOutcome",
    "Saved",
    "SetAside",
    "StoredPicture",
    "add_picture",
    "approve_notice",
    "create_notice",
    "discard_notice",
    "drop_aside",
    "duplicate_notice",
    "expire_due",
    "expire_notice",
    "find_findings",
    "illustrate_notice",
    "is_posted_act",
    "publish_notice",
    "return_notice",
    "save_new_notice",
    "save_notice",
    "settle_aside",
    "stop_using_pictures",
    "store_picture",
    "submit_notice",
    "use_pictures",
    "withdraw_notice",
]
