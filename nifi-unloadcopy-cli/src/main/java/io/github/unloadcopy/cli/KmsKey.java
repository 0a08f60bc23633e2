package io.github.unloadcopy.cli;

import java.util.List;

/**
 * A key that is ready to be used.
 *
 * @param arn ARN of the key
 * @param origin where it came from
 * @param rotation whether KMS renews its material
 * @param notes what else there is to know
 */
record KmsKey(String arn, Origin origin, Rotation rotation, List<String> notes) {
    KmsKey {
        notes = List.copyOf(notes);
    }

    /** Where a key came from. */
    enum Origin {
        CREATED("Made the key"),
        ADOPTED("Gave its alias to the key of an earlier run that was interrupted:"),
        FOUND("The key was there already:");

        private final String sentence;

        Origin(final String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    /** Whether KMS renews a key's material. */
    enum Rotation {
        SWITCHED_ON("Rotation of its material is on now, once a year; values encrypted before go on decrypting."),
        WAS_ON("Rotation of its material was on already."),
        LEFT_ALONE("Rotation of its material was left as it is."),
        UNAVAILABLE("Rotation of its material is not on: see the note.");

        private final String sentence;

        Rotation(final String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }
}
