//! Where files live: `$FLOORWALK_CONFIG`, `$FLOORWALK_DATA_DIR`, else XDG.
