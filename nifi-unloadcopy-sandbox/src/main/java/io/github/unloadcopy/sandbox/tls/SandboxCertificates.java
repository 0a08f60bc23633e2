package io.github.unloadcopy.sandbox.tls;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate authority of the sandbox's own, and a server certificate from it for 127.0.0.1 and localhost. Both are new at each start, and no private key leaves memory.
 */
public final class SandboxCertificates {

    private static final X500Name AUTHORITY = new X500Name("CN=Redshift Unload/Copy sandbox CA");
    private static final X500Name SERVER = new X500Name("CN=localhost");
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
    private static final Duration LIFETIME = Duration.ofDays(30);
    private static final int SERIAL_BITS = 64;
    private static final int PEM_COLUMNS = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate authority;
    private final X509Certificate server;
    private final PrivateKey serverKey;

    private SandboxCertificates(final X509Certificate authority, final X509Certificate server, final PrivateKey serverKey) {
        this.authority = authority;
        this.server = server;
        this.serverKey = serverKey;
    }

    /** Makes both, valid for thirty days from now. */
    public static SandboxCertificates create(final Clock clock) {
        try {
            final KeyPair authorityKeys = keyPair();
            final KeyPair serverKeys = keyPair();
            final X509v3CertificateBuilder authority = certificate(clock, AUTHORITY, authorityKeys.getPublic(), authorityKeys.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            final X509v3CertificateBuilder server = certificate(clock, SERVER, serverKeys.getPublic(), authorityKeys.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[]{
                        new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
            return new SandboxCertificates(signed(authority, authorityKeys), signed(server, authorityKeys), serverKeys.getPrivate());
        } catch (final GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("The sandbox's certificates could not be made", e);
        }
    }

    /** What the clusters' servers present. */
    public SSLContext serverContext() {
        try {
            final char[] noPassword = new char[0];
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, noPassword);
            store.setKeyEntry("server", serverKey, noPassword, new Certificate[]{server, authority});
            final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, noPassword);
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, RANDOM);
            return context;
        } catch (final GeneralSecurityException | IOException e) {
            throw new IllegalStateException("The server certificate cannot be used", e);
        }
    }

    /** The authority's certificate, for {@code sslrootcert} and trust stores. */
    public String authorityPem() {
        try {
            final String encoded = Base64.getMimeEncoder(PEM_COLUMNS, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(authority.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n";
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("The authority's certificate cannot be encoded", e);
        }
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509v3CertificateBuilder certificate(final Clock clock, final X500Name subject, final PublicKey subjectKey, final PublicKey authorityKey)
            throws GeneralSecurityException, CertIOException {
        final Instant now = clock.instant();
        final JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        return new JcaX509v3CertificateBuilder(AUTHORITY, new BigInteger(SERIAL_BITS, RANDOM), Date.from(now.minus(CLOCK_TOLERANCE)), Date.from(now.plus(LIFETIME)), subject, subjectKey)
                .addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(subjectKey))
                .addExtension(Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(authorityKey));
    }

    private static X509Certificate signed(final X509v3CertificateBuilder certificate, final KeyPair authorityKeys) throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter().getCertificate(certificate.build(new JcaContentSignerBuilder(SIGNATURE).build(authorityKeys.getPrivate())));
    }
}
