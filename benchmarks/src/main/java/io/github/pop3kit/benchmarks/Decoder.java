package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.protocol.CodecResult;
import io.github.pop3kit.protocol.DotDecoder;
import io.github.pop3kit.protocol.DotInputStream;
import io.github.pop3kit.protocol.LineEnd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import org.apache.commons.net.io.DotTerminatedMessageReader;

/** Who takes a message off the wire. */
public enum Decoder {
    DOT_DECODER {
        @Override
        void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException {
            DotDecoder decoder = new DotDecoder(lineEnd);
            ByteBuffer in = ByteBuffer.wrap(wire);
            ByteBuffer out = ByteBuffer.allocate(BLOCK);
            CodecResult result;
            do {
                result = decoder.decode(in, out.clear());
                message.write(out.array(), 0, out.position());
            } while (result == CodecResult.NEED_OUTPUT);
        }
    },

    DOT_INPUT_STREAM {
        @Override
        void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException {
            try (DotInputStream in = new DotInputStream(new ByteArrayInputStream(wire), lineEnd)) {
                byte[] block = new byte[BLOCK];
                int length;
                while ((length = in.read(block)) >= 0) message.write(block, 0, length);
            }
        }
    },

    NAIVE {
        @Override
        void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException {
            Naive.decode(ByteBuffer.wrap(wire), lineEnd, message);
        }
    },

    /** The class behind {@code POP3Client.retrieveMessage}; it makes characters. CRLF only. */
    COMMONS_NET {
        @Override
        void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException {
            Reader octets = new InputStreamReader(new ByteArrayInputStream(wire), ISO_8859_1);
            try (Reader in = new DotTerminatedMessageReader(octets)) {
                char[] characters = new char[BLOCK];
                byte[] block = new byte[BLOCK];
                int length;
                while ((length = in.read(characters)) >= 0) {
                    for (int i = 0; i < length; i++) block[i] = (byte) characters[i];
                    message.write(block, 0, length);
                }
            }
        }
    },

    /** {@code Message.writeTo} in a session with a server in memory. CRLF only. */
    ANGUS {
        @Override
        void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException {
            Angus.retrieveOne(wire, message);
        }
    };

    static final int BLOCK = 64 * 1024;

    /** Decodes a message with its closing line. */
    abstract void decode(byte[] wire, LineEnd lineEnd, OutputStream message) throws IOException;
}
