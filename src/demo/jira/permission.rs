//! What somebody may do in a Jira project: the permissions that floorwalk asks about, as bits, and the roles that
//! bundle them. Knows no people.

use super::model::Rights;

/// Id, key, name, what it allows. The place in the table is the bit.
pub(crate) const TABLE: [(u64, &str, &str, &str); 15] = [
    (10, "BROWSE_PROJECTS", "Browse Projects", "Ability to browse projects and the issues within them."),
    (11, "CREATE_ISSUES", "Create Issues", "Ability to create issues."),
    (12, "EDIT_ISSUES", "Edit Issues", "Ability to edit issues."),
    (13, "ASSIGN_ISSUES", "Assign Issues", "Ability to assign issues to other people."),
    (17, "ASSIGNABLE_USER", "Assignable User", "Users with this permission may be assigned to issues."),
    (46, "TRANSITION_ISSUES", "Transition Issues", "Ability to transition issues."),
    (15, "ADD_COMMENTS", "Add Comments", "Ability to comment on issues."),
    (34, "EDIT_ALL_COMMENTS", "Edit All Comments", "Ability to edit all comments made on issues."),
    (35, "EDIT_OWN_COMMENTS", "Edit Own Comments", "Ability to edit own comments made on issues."),
    (36, "DELETE_ALL_COMMENTS", "Delete All Comments", "Ability to delete all comments made on issues."),
    (37, "DELETE_OWN_COMMENTS", "Delete Own Comments", "Ability to delete own comments made on issues."),
    (28, "SCHEDULE_ISSUES", "Schedule Issues", "Ability to view or edit an issue's due date."),
    (21, "LINK_ISSUES", "Link Issues", "Ability to link issues together."),
    (16, "DELETE_ISSUES", "Delete Issues", "Ability to delete issues."),
    (23, "ADMINISTER_PROJECTS", "Administer Projects", "Ability to administer a project in Jira."),
];

pub(crate) const BROWSE: Rights = 1;
pub(crate) const CREATE: Rights = 1 << 1;
pub(crate) const EDIT: Rights = 1 << 2;
pub(crate) const ASSIGN: Rights = 1 << 3;
pub(crate) const ASSIGNABLE: Rights = 1 << 4;
pub(crate) const TRANSITION: Rights = 1 << 5;
pub(crate) const COMMENT: Rights = 1 << 6;
pub(crate) const EDIT_ALL: Rights = 1 << 7;
pub(crate) const EDIT_OWN: Rights = 1 << 8;
pub(crate) const DELETE_ALL: Rights = 1 << 9;
pub(crate) const DELETE_OWN: Rights = 1 << 10;
pub(crate) const SCHEDULE: Rights = 1 << 11;
pub(crate) const LINK: Rights = 1 << 12;
pub(crate) const DELETE: Rights = 1 << 13;
pub(crate) const ADMIN: Rights = 1 << 14;

/// Sees it, and no more.
pub(crate) const READER: Rights = BROWSE;
/// Talks, but changes nothing.
pub(crate) const COMMENTER: Rights = BROWSE | CREATE | COMMENT | EDIT_OWN | DELETE_OWN;
/// Works on issues.
pub(crate) const MEMBER: Rights = COMMENTER | EDIT | ASSIGN | ASSIGNABLE | TRANSITION | SCHEDULE | LINK;
/// Decides about the project.
pub(crate) const LEAD: Rights = MEMBER | EDIT_ALL | DELETE_ALL | DELETE | ADMIN;

/// The bit of a permission's key.
pub(crate) fn of_key(key: &str) -> Option<Rights> {
    TABLE.iter().position(|(_, known, _, _)| *known == key).map(|place| 1 << place)
}

/// The rights of several keys; `Err` with the first that is none.
pub(crate) fn of_keys<'a>(keys: &[&'a str]) -> Result<Rights, &'a str> {
    keys.iter().try_fold(0, |sum, key| of_key(key).map(|bit| sum | bit).ok_or(*key))
}
