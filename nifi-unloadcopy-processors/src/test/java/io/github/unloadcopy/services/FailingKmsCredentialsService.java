package io.github.unloadcopy.services;

import io.github.unloadcopy.OutsideCalls;
import io.github.unloadcopy.kms.DataKey;
import io.github.unloadcopy.kms.KmsFailures;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import org.apache.nifi.controller.AbstractControllerService;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;

import java.util.Map;

/** The real service, some of whose requests fail as planned: all that it is asked for counts as a request, even what it has in memory. */
public class FailingKmsCredentialsService extends AbstractControllerService implements KmsCredentialsService {

    private final OutsideCalls calls;
    private final KmsCredentialsService real;

    public FailingKmsCredentialsService(final OutsideCalls calls, final KmsCredentialsService real) {
        this.calls = calls;
        this.real = real;
    }

    @Override
    public AwsCredentialsProvider getAwsCredentialsProvider() {
        return real.getAwsCredentialsProvider();
    }

    @Override
    public Region getRegion() {
        return real.getRegion();
    }

    @Override
    public String getKeyArn() throws KmsSecretException {
        return calls.call("KMS DescribeKey", real::getKeyArn, lost -> failure("DescribeKey"));
    }

    @Override
    public Secret decrypt(final String ciphertext, final Map<String, String> encryptionContext) throws KmsSecretException {
        return calls.call("KMS Decrypt", () -> real.decrypt(ciphertext, encryptionContext), lost -> failure("Decrypt"));
    }

    @Override
    public DataKey generateDataKey(final Map<String, String> encryptionContext) throws KmsSecretException {
        return calls.call("KMS GenerateDataKey", () -> real.generateDataKey(encryptionContext), lost -> failure("GenerateDataKey"));
    }

    private KmsSecretException failure(final String operation) {
        return KmsFailures.wrap(operation, getRegion().id(), null, OutsideCalls.unreachable());
    }
}
