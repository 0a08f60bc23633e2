package io.github.unloadcopy.sandbox.tls;

import io.github.unloadcopy.sandbox.files.SecretFile;
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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * A certificate authority of the sandbox's own, and a server certificate from it for 127.0.0.1 and localhost. Both are new at each start, and no private key leaves memory,
 * unless they are kept: then the server's is in a file for its owner only. The authority's is forgotten at once.
 */
public final class SandboxCertificates {

    private static final X500Name AUTHORITY = new X500Name("CN=Redshift Unload/Copy sandbox CA");
    private static final X500Name SERVER = new X500Name("CN=localhost");
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
    private static final Duration LIFETIME = Duration.ofDays(30);
    private static final Duration LEAST_LIFETIME = Duration.ofDays(1);
    private static final String STORE_TYPE = "PKCS12";
    private static final String STORE_ENTRY = "server";
    /** The format wants one; what protects the file are its permissions. */
    private static final String STORE_PASSWORD = "sandbox";
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

    /**
     * Reads both from a file, or makes them and writes it: when there is none, and when less than a day is left of their time.
     *
     * @param file of PKCS #12, for its owner only
     * @throws IOException when the file is not what this has written, or cannot be written
     */
    public static SandboxCertificates in(final Path file, final Clock clock) throws IOException {
        try {
            if (Files.exists(file)) {
                final SandboxCertificates kept = read(file);
                if (kept.server.getNotAfter().toInstant().isAfter(clock.instant().plus(LEAST_LIFETIME))) {
                    return kept;
                }
            }

            final SandboxCertificates made = create(clock);
            final ByteArrayOutputStream content = new ByteArrayOutputStream();
            made.store(STORE_PASSWORD.toCharArray()).store(content, STORE_PASSWORD.toCharArray());
            SecretFile.write(file, content.toByteArray());
            return made;
        } catch (final GeneralSecurityException e) {
            throw new IOException("The certificates in " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static SandboxCertificates read(final Path file) throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance(STORE_TYPE);
        try (InputStream content = Files.newInputStream(file)) {
            store.load(content, STORE_PASSWORD.toCharArray());
        }

        final Certificate[] chain = store.getCertificateChain(STORE_ENTRY);
        return new SandboxCertificates((X509Certificate) chain[1], (X509Certificate) chain[0], (PrivateKey) store.getKey(STORE_ENTRY, STORE_PASSWORD.toCharArray()));
    }

    private KeyStore store(final char[] password) throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance(STORE_TYPE);
        store.load(null, password);
        store.setKeyEntry(STORE_ENTRY, serverKey, password, new Certificate[]{server, authority});
        return store;
    }

    /** What the clusters' servers present. */
    public SSLContext serverContext() {
        try {
            final char[] noPassword = new char[0];
            final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(noPassword), noPassword);
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
