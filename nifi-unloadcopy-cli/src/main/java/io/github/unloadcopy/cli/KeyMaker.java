package io.github.unloadcopy.cli;

import io.github.unloadcopy.cli.KmsKey.Origin;
import io.github.unloadcopy.cli.KmsKey.Rotation;
import io.github.unloadcopy.kms.KmsFailures;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.Tag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a key and its alias so that it may be interrupted anywhere and run again. CreateKey takes no name by which a second call could find the first one's key; a tag does, which is
 * written in the same call.
 */
final class KeyMaker {
    /** Tag on the keys that are made here; its value is the alias that the key is meant for. */
    static final String TAG = "unloadcopy:alias";
    private static final String DESCRIPTION = "Encrypts secrets and staged data of Redshift Unload/Copy";
    /** KMS API Reference, "CreateAlias", parameter AliasName. */
    private static final Pattern ALIAS = Pattern.compile("alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}");

    private final KmsClient kms;
    private final String region;

    KeyMaker(final KmsClient kms, final String region) {
        this.kms = kms;
        this.region = region;
    }

    /**
     * Makes the key unless it is there.
     *
     * @param alias alias with its prefix alias/
     * @param rotate whether to switch rotation on
     * @return the key behind the alias
     * @throws KmsSecretException when KMS refuses or cannot be reached
     * @throws CliException when the alias is none, or names a key of another kind
     */
    KmsKey make(final String alias, final boolean rotate) throws KmsSecretException, CliException {
        if (!ALIAS.matcher(alias).matches()) {
            throw new CliException(ExitStatus.USAGE,
                    "The value of --alias is none that KMS takes: alias/ and at most 250 letters, digits, slashes, hyphens or underscores, not beginning with alias/aws/");
        }

        final List<String> notes = new ArrayList<>();

        if (exists(alias)) {
            return found(alias, rotate, notes);
        }

        final KeyMetadata orphan = orphan(alias, notes);
        final KeyMetadata key = orphan == null ? create(alias) : orphan;

        try {
            kms.createAlias(request -> request.aliasName(alias).targetKeyId(key.keyId()));
        } catch (final AlreadyExistsException e) {
            notes.add("%s was made by somebody else in the same moment. The key %s is not used: schedule its deletion, it costs money".formatted(alias, key.arn()));
            return found(alias, rotate, notes);
        } catch (final SdkException e) {
            throw KmsFailures.wrap("CreateAlias", region, key.arn(), e);
        }

        return new KmsKey(key.arn(), orphan == null ? Origin.CREATED : Origin.ADOPTED, rotation(key.keyId(), rotate, notes), notes);
    }

    private boolean exists(final String alias) throws KmsSecretException {
        try {
            kms.describeKey(request -> request.keyId(alias));
            return true;
        } catch (final NotFoundException e) {
            return false;
        } catch (final SdkException e) {
            throw KmsFailures.wrap("DescribeKey", region, alias, e);
        }
    }

    private KmsKey found(final String alias, final boolean rotate, final List<String> notes) throws KmsSecretException, CliException {
        final String arn = new KmsSecretStore(kms, region).keyArn(alias);
        final KeyMetadata key = call("DescribeKey", alias, () -> kms.describeKey(request -> request.keyId(alias)).keyMetadata());

        if (key.keyUsage() != KeyUsageType.ENCRYPT_DECRYPT || key.keySpec() != KeySpec.SYMMETRIC_DEFAULT) {
            throw new CliException(ExitStatus.AWS, "%s in %s names %s, a key of kind %s for %s: give an alias of a symmetric key for encryption, or one that is not in use, with --alias"
                    .formatted(alias, region, arn, key.keySpecAsString(), key.keyUsageAsString()));
        }

        return new KmsKey(arn, Origin.FOUND, rotation(key.keyId(), rotate, notes), notes);
    }

    /** The oldest enabled key that carries the tag for this alias and has no alias; null when there is none, or when nobody may look. */
    private KeyMetadata orphan(final String alias, final List<String> notes) throws KmsSecretException {
        final List<KeyMetadata> orphans = new ArrayList<>();

        try {
            final Set<String> named = kms.listAliasesPaginator().aliases().stream().map(AliasListEntry::targetKeyId).collect(Collectors.toSet());

            for (final KeyListEntry key : kms.listKeysPaginator().keys()) {
                if (!named.contains(key.keyId()) && isTagged(key.keyId(), alias)) {
                    orphans.add(kms.describeKey(request -> request.keyId(key.keyId())).keyMetadata());
                }
            }
        } catch (final SdkException e) {
            if (!isRefused(e)) {
                throw KmsFailures.wrap("ListKeys", region, null, e);
            }

            notes.add("kms:ListAliases, kms:ListKeys or kms:DescribeKey is refused, so whether an interrupted run left a key behind could not be seen");
        }

        orphans.removeIf(key -> key.keyState() != KeyState.ENABLED);
        orphans.sort(Comparator.comparing(KeyMetadata::creationDate).thenComparing(KeyMetadata::keyId));
        orphans.stream().skip(1).forEach(key -> notes.add("%s was left by an interrupted run, too, and is not used: schedule its deletion, it costs money".formatted(key.arn())));
        return orphans.isEmpty() ? null : orphans.getFirst();
    }

    /** Keys of others may refuse to show their tags: those are none of ours. */
    private boolean isTagged(final String keyId, final String alias) {
        try {
            return kms.listResourceTagsPaginator(request -> request.keyId(keyId)).tags().stream().anyMatch(tag -> tag.tagKey().equals(TAG) && tag.tagValue().equals(alias));
        } catch (final KmsException e) {
            if (isRefused(e)) {
                return false;
            }

            throw e;
        }
    }

    private KeyMetadata create(final String alias) throws KmsSecretException {
        return call("CreateKey", null, () -> kms.createKey(request -> request.description(DESCRIPTION).tags(Tag.builder().tagKey(TAG).tagValue(alias).build())).keyMetadata());
    }

    /** A key without rotation is as good as before: what is refused here is told, and fails nothing. */
    private Rotation rotation(final String keyId, final boolean rotate, final List<String> notes) {
        if (!rotate) {
            return Rotation.LEFT_ALONE;
        }

        try {
            if (kms.getKeyRotationStatus(request -> request.keyId(keyId)).keyRotationEnabled()) {
                return Rotation.WAS_ON;
            }

            kms.enableKeyRotation(request -> request.keyId(keyId));
            return Rotation.SWITCHED_ON;
        } catch (final SdkException e) {
            notes.add("The key can be used, but its rotation could not be switched on: " + KmsFailures.wrap("EnableKeyRotation", region, keyId, e).getMessage());
            return Rotation.UNAVAILABLE;
        }
    }

    private <T> T call(final String operation, final String keyId, final Supplier<T> call) throws KmsSecretException {
        try {
            return call.get();
        } catch (final SdkException e) {
            throw KmsFailures.wrap(operation, region, keyId, e);
        }
    }

    private static boolean isRefused(final SdkException failure) {
        return failure instanceof final KmsException answer && answer.awsErrorDetails() != null && "AccessDeniedException".equals(answer.awsErrorDetails().errorCode());
    }
}
