package io.github.unloadcopy.sandbox.kms;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.PolicyDocument;
import io.github.unloadcopy.sandbox.iam.ResourcePolicy;

/**
 * The policies that keys have from the start, and those that callers bring ("Key policies in AWS KMS", AWS KMS Developer Guide).
 */
final class KeyPolicies {

    /** Leaves everything to the policies of the account. */
    static final ResourcePolicy DEFAULT = PolicyDocument.key("""
            {
              "Version" : "2012-10-17",
              "Id" : "key-default-1",
              "Statement" : [ {
                "Sid" : "Enable IAM User Permissions",
                "Effect" : "Allow",
                "Principal" : {
                  "AWS" : "arn:aws:iam::%s:root"
                },
                "Action" : "kms:*",
                "Resource" : "*"
              } ]
            }""".formatted(Iam.ACCOUNT_ID));

    /** A key of a service is used through the service only, and can be looked at. */
    static final ResourcePolicy OF_SERVICE = PolicyDocument.key("""
            {
              "Version" : "2012-10-17",
              "Id" : "auto-s3-2",
              "Statement" : [ {
                "Sid" : "Allow direct access to key metadata to the account",
                "Effect" : "Allow",
                "Principal" : {
                  "AWS" : "arn:aws:iam::%s:root"
                },
                "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
                "Resource" : "*"
              } ]
            }""".formatted(Iam.ACCOUNT_ID));

    private KeyPolicies() {
    }

    /**
     * Reads what a caller brings.
     *
     * @throws CloudException MalformedPolicyDocumentException
     */
    static ResourcePolicy read(final String json) {
        try {
            return PolicyDocument.key(json);
        } catch (final CloudException e) {
            throw new CloudException("MalformedPolicyDocumentException", e.status(), e.getMessage());
        }
    }
}
