package io.github.unloadcopy.sandbox.s3;

import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * The element of that name, in CreateBucket's body and in GetBucketLocation's answer.
 */
final class LocationConstraint {

    private static final String NAME = "LocationConstraint";
    private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    private LocationConstraint() {
    }

    /**
     * Finds the constraint in a CreateBucketConfiguration.
     *
     * @return null when there is none, also because the body is no XML, which S3Proxy refuses afterwards
     */
    static String read(final byte[] body) {
        if (body.length == 0) {
            return null;
        }

        try {
            final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            final NodeList elements = factory.newDocumentBuilder().parse(new ByteArrayInputStream(body)).getElementsByTagNameNS("*", NAME);
            return elements.getLength() == 0 ? null : elements.item(0).getTextContent().strip();
        } catch (final SAXException e) {
            return null;
        } catch (final ParserConfigurationException e) {
            throw new IllegalStateException("The platform's XML parser cannot be made safe", e);
        } catch (final IOException e) {
            throw new UncheckedIOException("Memory cannot be read", e);
        }
    }

    /** S3 answers us-east-1 with an empty element. */
    static String write(final String region) {
        final String start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + NAME + " xmlns=\"" + NAMESPACE + "\"";
        return region.equals("us-east-1") ? start + "/>" : start + ">" + region + "</" + NAME + ">";
    }
}
