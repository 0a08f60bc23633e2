package io.github.unloadcopy.processors;

import org.apache.nifi.annotation.lifecycle.OnScheduled;
import org.apache.nifi.annotation.lifecycle.OnStopped;
import org.apache.nifi.processor.AbstractProcessor;
import org.apache.nifi.processor.ProcessContext;
import software.amazon.awssdk.services.s3.S3Client;

/** A processor that keeps a client of S3 while it is scheduled. */
public abstract class AbstractS3Processor extends AbstractProcessor {

    private volatile S3Client s3Client;

    /** Makes a client as the properties say; the caller closes it. */
    abstract S3Client createS3Client(ProcessContext context);

    /** The client of a processor that is scheduled. */
    final S3Client s3Client() {
        return s3Client;
    }

    @OnScheduled
    public void openS3Client(final ProcessContext context) {
        s3Client = createS3Client(context);
    }

    @OnStopped
    public void closeS3Client() {
        final S3Client closing = s3Client;
        s3Client = null;

        if (closing != null) {
            closing.close();
        }
    }
}
