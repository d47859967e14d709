//! The words of the command line about commitments: closing notes, cards, thanks, the pace of a watch, and what the verbs
//! refuse before anything is sent.
