//! The schema: one description of the tables for both databases.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{UtcTimestamp, Uuid};

    users (id) {
        id -> Uuid,
        email -> Text,
        email_verified_at -> Nullable<UtcTimestamp>,
        first_name -> Text,
        last_name -> Text,
        password_hash -> Text,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
        date_joined -> UtcTimestamp,
        last_login -> Nullable<UtcTimestamp>,
        roles -> Text,
        language -> Nullable<Text>,
        login_notices -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{UtcTimestamp, Uuid};

    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        seed -> Binary,
        generation -> BigInt,
        amr -> Text,
        began_at -> UtcTimestamp,
        rotated_at -> UtcTimestamp,
        idle_until -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        revoked_at -> Nullable<UtcTimestamp>,
        revoked_because -> Nullable<Text>,
        proven_at -> Nullable<UtcTimestamp>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        lineage_of -> Nullable<BigInt>,
        anchor -> Nullable<BigInt>,
        parent -> Nullable<BigInt>,
        children_after -> Nullable<BigInt>,
        idle_day -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::UtcTimestamp;

    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        state -> Text,
        public_jwk -> Nullable<Text>,
        sealed_private_key -> Binary,
        created_at -> UtcTimestamp,
        activated_at -> Nullable<UtcTimestamp>,
        retired_at -> Nullable<UtcTimestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{UtcTimestamp, Uuid};

    audit_events (id) {
        id -> Uuid,
        at -> UtcTimestamp,
        event -> Text,
        actor -> Text,
        user_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Uuid>,
        detail -> Nullable<Text>,
        repeats -> BigInt,
        last_at -> Nullable<UtcTimestamp>,
        repeat_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;

    write_probes (id) {
        id -> Uuid,
        filler -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{UtcTimestamp, Uuid};

    deliveries (id) {
        id -> Uuid,
        kind -> Text,
        topic -> Text,
        user_id -> Nullable<Uuid>,
        recipient -> Text,
        payload -> Binary,
        created_at -> UtcTimestamp,
        due_at -> UtcTimestamp,
        attempts -> BigInt,
        state -> Text,
        settled_at -> Nullable<UtcTimestamp>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{UtcTimestamp, Uuid};

    proofs (id) {
        id -> Uuid,
        purpose -> Text,
        user_id -> Nullable<Uuid>,
        link_hash -> Binary,
        code_hash -> Binary,
        tries_left -> BigInt,
        detail -> Nullable<Text>,
        created_at -> UtcTimestamp,
        code_expires_at -> UtcTimestamp,
        expires_at -> UtcTimestamp,
        used_at -> Nullable<UtcTimestamp>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
