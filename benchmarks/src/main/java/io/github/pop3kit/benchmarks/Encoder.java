package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.protocol.CodecResult;
import io.github.pop3kit.protocol.DotEncoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.ByteBuffer;
import org.apache.commons.net.io.DotTerminatedMessageWriter;
import org.apache.james.protocols.pop3.core.CRLFTerminatedInputStream;
import org.apache.james.protocols.pop3.core.ExtraDotInputStream;

/** Who puts a message on the wire. */
public enum Encoder {
    DOT_ENCODER {
        @Override
        void encode(byte[] stored, OutputStream wire) throws IOException {
            run(DotEncoder.whole(), stored, wire);
        }
    },

    /** For messages that need nothing: CRLF line ends, and no line that begins with a dot. */
    VERBATIM {
        @Override
        void encode(byte[] stored, OutputStream wire) throws IOException {
            run(DotEncoder.verbatim(), stored, wire);
        }
    },

    NAIVE {
        @Override
        void encode(byte[] stored, OutputStream wire) throws IOException {
            Naive.encode(ByteBuffer.wrap(stored), wire);
        }
    },

    /** It takes characters, and leaves a dot that begins the first line as it is. */
    COMMONS_NET {
        @Override
        void encode(byte[] stored, OutputStream wire) throws IOException {
            Reader characters = new InputStreamReader(new ByteArrayInputStream(stored), ISO_8859_1);
            try (DotTerminatedMessageWriter out =
                    new DotTerminatedMessageWriter(new OutputStreamWriter(wire, ISO_8859_1))) {
                characters.transferTo(out);
            }
        }
    },

    /** What its RETR puts between message and connection; it leaves a bare LF as it is. */
    JAMES {
        @Override
        void encode(byte[] stored, OutputStream wire) throws IOException {
            try (InputStream octets = new ByteArrayInputStream(stored);
                    InputStream in = new ExtraDotInputStream(new CRLFTerminatedInputStream(octets))) {
                byte[] block = new byte[Decoder.BLOCK];
                int length;
                while ((length = in.read(block)) >= 0) wire.write(block, 0, length);
            }
            wire.write('.');
            wire.write('\r');
            wire.write('\n');
        }
    };

    /** Encodes a message, and its closing line. */
    abstract void encode(byte[] stored, OutputStream wire) throws IOException;

    private static void run(DotEncoder encoder, byte[] stored, OutputStream wire) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(stored);
        ByteBuffer out = ByteBuffer.allocate(Decoder.BLOCK);
        CodecResult result;
        do {
            result = encoder.encode(in, out.clear());
            wire.write(out.array(), 0, out.position());
        } while (result == CodecResult.NEED_OUTPUT);
        encoder.finish(out.clear());
        wire.write(out.array(), 0, out.position());
    }
}
