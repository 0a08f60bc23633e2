package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Errors;
import io.github.unloadcopy.sandbox.faults.FaultyStreams;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.faults.Occasion;
import io.github.unloadcopy.sandbox.faults.Pause;
import io.github.unloadcopy.sandbox.faults.Service;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What goes wrong between S3 and its clients. A request that is refused here has not been looked at otherwise, its signature included.
 */
final class FaultFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient Faults faults;
    private final transient Calls calls;

    FaultFilter(final Faults faults, final Calls calls) {
        this.faults = faults;
        this.calls = calls;
    }

    @Override
    protected void doFilter(final HttpServletRequest request, final HttpServletResponse response, final FilterChain chain) throws IOException, ServletException {
        final RequestedOperation operation = RequestedOperation.of(request);
        final List<Effect> effects = faults.decide(new Occasion(Service.S3, operation.name(), List.of(operation.resource()), Match.CLIENTS, null));
        HttpServletResponse answer = response;
        for (final Effect effect : effects) {
            switch (effect.type()) {
                case LATENCY -> Pause.millis(effect.milliseconds());
                case BANDWIDTH -> {
                    final long bytesPerSecond = effect.bytes();
                    answer = new FilteredResponse(answer, stream -> FaultyStreams.slow(stream, bytesPerSecond));
                }
                case CUT -> answer = new FilteredResponse(answer, stream -> cut(request, stream, effect));
                case DROP_ANSWER -> {
                    chain.doFilter(request, new FilteredResponse(answer, stream -> OutputStream.nullOutputStream()));
                    disconnect(request);
                    return;
                }
                case DROP -> {
                    calls.count("s3", operation.name());
                    disconnect(request);
                    return;
                }
                case ERROR, ERROR_IN_BODY -> {
                    calls.count("s3", operation.name());
                    refuse(request, response, effect);
                    return;
                }
                default -> throw new IllegalStateException(effect.type() + " is nothing for a request to S3.");
            }
        }

        chain.doFilter(request, answer);
    }

    private static OutputStream cut(final HttpServletRequest request, final OutputStream stream, final Effect effect) {
        return FaultyStreams.cut(stream, effect.bytes() == null ? 0 : effect.bytes(), () -> disconnect(request));
    }

    private static void disconnect(final HttpServletRequest request) {
        ServletContextRequest.getServletContextRequest(request).getConnectionMetaData().getConnection().getEndPoint().close();
    }

    private static void refuse(final HttpServletRequest request, final HttpServletResponse response, final Effect effect) throws IOException {
        final Errors.HttpError error = Errors.http(Service.S3, effect);
        final String requestId = UUID.randomUUID().toString();
        response.setStatus(effect.type() == Effect.Type.ERROR_IN_BODY ? HttpServletResponse.SC_OK : error.status());
        response.setHeader("x-amz-request-id", requestId);
        // What is left of the request's body is not waited for.
        response.setHeader("Connection", "close");
        if (!request.getMethod().equals("HEAD")) {
            final byte[] body = document(effect.code(), error.message(), requestId).getBytes(StandardCharsets.UTF_8);
            response.setContentType("application/xml");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }

    private static String document(final String code, final String message, final String requestId) {
        final StringWriter text = new StringWriter();
        try {
            final XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("Error");
            writeElement(xml, "Code", code);
            writeElement(xml, "Message", message);
            writeElement(xml, "RequestId", requestId);
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (final XMLStreamException e) {
            throw new IllegalStateException("Memory cannot be written", e);
        }

        return text.toString();
    }

    private static void writeElement(final XMLStreamWriter xml, final String name, final String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }
}
