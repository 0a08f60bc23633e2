package io.github.unloadcopy.sandbox.iam;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * An answer of STS's query protocol as it is written.
 */
final class QueryXml {

    private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter writer;

    QueryXml(final String root) {
        try {
            writer = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            writer.writeStartElement(root);
            writer.writeDefaultNamespace(NAMESPACE);
        } catch (final XMLStreamException e) {
            throw unwritable(e);
        }
    }

    QueryXml open(final String element) {
        try {
            writer.writeStartElement(element);
            return this;
        } catch (final XMLStreamException e) {
            throw unwritable(e);
        }
    }

    QueryXml text(final String element, final String content) {
        try {
            writer.writeStartElement(element);
            writer.writeCharacters(content);
            writer.writeEndElement();
            return this;
        } catch (final XMLStreamException e) {
            throw unwritable(e);
        }
    }

    QueryXml close() {
        try {
            writer.writeEndElement();
            return this;
        } catch (final XMLStreamException e) {
            throw unwritable(e);
        }
    }

    /** Closes what is open, and says it all. */
    String end() {
        try {
            writer.writeEndDocument();
            writer.close();
            return text.toString();
        } catch (final XMLStreamException e) {
            throw unwritable(e);
        }
    }

    private static IllegalStateException unwritable(final XMLStreamException cause) {
        return new IllegalStateException("Memory cannot be written", cause);
    }
}
