package io.github.unloadcopy.sandbox.kms;

/** The states of a key, named as KMS writes them. */
enum KeyState {
    Enabled, Disabled, PendingDeletion
}
