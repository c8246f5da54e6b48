//! The one test binary: real servers on free ports.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should say so and stop; clippy's own exceptions don't reach helpers"
)]
#![expect(
    clippy::too_many_lines,
    reason = "tables of cases are read from top to bottom, and are the clearer for standing in one place"
)]

mod architecture;
mod attacks;
mod attacks_claims;
mod attacks_forms;
mod attacks_kit;
mod attacks_raw;
mod attacks_signatures;
mod authentication;
mod author;
mod backend;
mod bad_bodies;
mod bad_input;
mod bad_input_kit;
mod boot;
mod caching;
mod change_over;
mod change_over_site;
mod chat_confirming;
mod chat_confirming_later;
mod chat_desk;
mod chat_freezes;
mod chat_log;
mod chat_refusals;
mod chat_stage;
mod coherence;
mod coherence_acts;
mod coherence_model;
mod coherence_stage;
mod commands;
mod commands_check;
mod commands_explain;
mod commands_health;
mod commands_keys;
mod commands_migrate_check;
mod commands_serve;
mod compression;
mod contexts_misbehaving;
mod demo;
mod denial_table;
mod denials;
mod differences;
mod differential;
mod differential_acts;
mod differential_judge;
mod differential_stage;
mod differential_world;
mod document;
mod document_statuses;
mod drop_in_notice;
mod drop_in_patches;
mod drop_in_reads;
mod drop_in_writes;
mod dry_run;
mod examples;
mod explained;
mod flags;
mod foreign;
mod freezes;
mod guards;
mod hang_up;
mod health;
mod hooks_listener;
mod house;
mod journal;
mod key_files;
mod key_house;
mod key_sets;
mod key_tls;
mod logs;
mod lost_answers;
mod metrics;
mod misuse;
mod must_not_compile;
mod official;
mod outcome;
mod permissions;
mod process;
mod reads;
mod reload;
mod scope;
mod secrets;
mod secrets_commands;
mod secrets_debug;
mod secrets_kit;
mod secrets_stage;
mod security_page;
mod shadow;
mod shutdown;
mod simulator_conformance;
mod simulator_conformance_replacements;
mod simulator_faults;
mod slack_answers;
mod slack_blocks;
mod slack_conversation;
mod slack_delivery;
mod slack_host;
mod slack_house;
mod slack_kit;
mod slack_refusals;
mod slack_signatures;
mod undo;
mod upstream_calls;
mod ways_out;
mod wire;
mod writes;
mod writes_kit;
mod writes_of_ends;
