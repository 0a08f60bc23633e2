package io.github.unloadcopy.sandbox.kms;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.kms.AWSKMS;
import com.amazonaws.services.kms.AWSKMSClientBuilder;
import com.amazonaws.services.kms.model.AWSKMSException;
import com.amazonaws.services.kms.model.DescribeKeyRequest;
import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Version 1 of the SDK signs as the AWS CLI and boto3 do: without x-amz-content-sha256. */
class LegacyClientTest {

    private Cloud cloud;

    @BeforeEach
    void start() throws IOException {
        cloud = new Cloud();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void signatureIsAcceptedWithTheRightSecretOnly() {
        final AWSKMS owner = client(cloud.iam().rootKey().secretAccessKey());
        final AWSKMS stranger = client("wrong");
        final DescribeKeyRequest request = new DescribeKeyRequest().withKeyId(KeyRing.UTILITY_ALIAS);

        assertEquals("Enabled", owner.describeKey(request).getKeyMetadata().getKeyState());
        assertEquals("InvalidSignatureException", assertThrows(AWSKMSException.class, () -> stranger.describeKey(request)).getErrorCode());
        owner.shutdown();
        stranger.shutdown();
    }

    private AWSKMS client(final String secretAccessKey) {
        return AWSKMSClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(cloud.kms().endpoint().toString(), Cloud.REGION))
                .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(cloud.iam().rootKey().accessKeyId(), secretAccessKey)))
                .build();
    }
}
