package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PolicyDocumentTest {

    private static final String POLICY = """
            {"Version":"2012-10-17","Id":"staging","Statement":[
              {"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":["arn:aws:s3:::staging/run-?/*","arn:aws:s3:::other/*"]},
              {"Sid":"Bucket","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::staging"},
              {"Sid":"Never","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::*/secret/*"}]}""";

    private final Iam iam = new Iam(Clock.systemUTC());

    @ParameterizedTest
    @CsvSource({
        "s3:GetObject, staging/run-1/deep/part, ALLOWED",
        "S3:getobject, staging/run-1/part, ALLOWED",
        "s3:PutObject, other/a, ALLOWED",
        "s3:PutObjectAcl, other/a, ALLOWED",
        "s3:ListBucket, staging, ALLOWED",
        "s3:GetObjectVersion, other/a, NO_IDENTITY_POLICY",
        "s3:GetObject, staging/run-12/part, NO_IDENTITY_POLICY",
        "s3:GetObject, STAGING/run-1/part, NO_IDENTITY_POLICY",
        "s3:ListBucket, other, NO_IDENTITY_POLICY",
        "s3:GetObject, other/secret/a, DENIED_BY_IDENTITY_POLICY",
        "s3:DeleteObject, any/secret/a, DENIED_BY_IDENTITY_POLICY"
    })
    void statementsDecideAndDenialsWin(final String action, final String resource, final Decision expected) {
        iam.putRole("Stager", POLICY);

        assertEquals(expected, iam.decide(iam.assumeRoles(List.of("arn:aws:iam::000000000000:role/Stager")), action, "arn:aws:s3:::" + resource));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Condition", "NotAction", "NotResource", "NotPrincipal", "Principal"})
    void whatWouldBeIgnoredIsRefusedByName(final String element) {
        assertRefused(element, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"" + element + "\":\"*\"}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "[] ~ one JSON object",
        "{ ~ Syntax errors in policy",
        "{} ~ no Statement",
        "{\"Version\":\"2011-01-01\",\"Statement\":[]} ~ valid version",
        "{\"Statement\":{\"Effect\":\"Perhaps\",\"Action\":\"s3:*\",\"Resource\":\"*\"}} ~ Effect",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Resource\":\"*\"}} ~ must contain actions",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"GetObject\",\"Resource\":\"*\"}} ~ prefaced by a vendor",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\"}} ~ must contain Resource",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"staging/*\"}} ~ ARN format",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::home/${aws:username}/*\"}} ~ policy variables",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[1],\"Resource\":\"*\"}} ~ list of texts",
        "{\"Other\":1,\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}} ~ not Other"
    })
    void malformedPolicyIsRefused(final String json, final String words) {
        assertRefused(words, json);
    }

    @Test
    void trustNamesPrincipalsAndNoResources() {
        final String trust = "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"redshift.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}}";

        assertTrue(PolicyDocument.trust(trust).allowsService("redshift.amazonaws.com", "sts:AssumeRole"));
        for (final String malformed : List.of(
                trust.replace("\"Principal\"", "\"Resource\":\"*\",\"Principal\""),
                trust.replace("Service", "Federated"),
                trust.replace("\"Principal\":{\"Service\":\"redshift.amazonaws.com\"},", ""))) {
            assertEquals("MalformedPolicyDocument", assertThrows(CloudException.class, () -> PolicyDocument.trust(malformed)).code());
        }
    }

    private static void assertRefused(final String words, final String json) {
        final CloudException refusal = assertThrows(CloudException.class, () -> PolicyDocument.identity(json));
        assertEquals("MalformedPolicyDocument", refusal.code());
        assertEquals(400, refusal.status());
        assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
    }
}
