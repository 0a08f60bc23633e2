package io.github.unloadcopy.services;

import io.github.unloadcopy.SandboxSession;
import org.apache.nifi.controller.AbstractControllerService;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The sandbox's access key, as NiFi's own credentials service would provide one.
 */
public class SandboxCredentialsService extends AbstractControllerService implements AwsCredentialsProviderService {

    @Override
    public AwsCredentialsProvider getAwsCredentialsProvider() {
        return SandboxSession.get().credentials();
    }
}
