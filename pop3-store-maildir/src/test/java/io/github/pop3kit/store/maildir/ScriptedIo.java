package io.github.pop3kit.store.maildir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A file system that writes down what is done, and in which a test fails an operation or changes files behind the store's back. */
class ScriptedIo extends MaildirIo {

    /** Called before each operation, with its name and the folder and name of the file. */
    @FunctionalInterface
    interface Script {
        void before(String operation, Path file) throws IOException;
    }

    final List<String> operations = new ArrayList<>();
    private final Script script;

    ScriptedIo(Script script) {
        this.script = script;
    }

    /** A file system that only writes down. */
    ScriptedIo() {
        this((operation, file) -> {});
    }

    private void step(String operation, Path file) throws IOException {
        operations.add(operation + " " + file.getFileName());
        script.before(operation, file);
    }

    @Override
    void listAll(Path folder, Consumer<String> visitor) throws IOException {
        step("list", folder);
        super.listAll(folder, visitor);
    }

    @Override
    BasicFileAttributes attributes(Path entry) throws IOException {
        step("attributes", entry);
        return super.attributes(entry);
    }

    @Override
    FileChannel open(Path file) throws IOException {
        step("open", file);
        return super.open(file);
    }

    @Override
    FileChannel openToChange(Path file) throws IOException {
        step("openToChange", file);
        return super.openToChange(file);
    }

    @Override
    FileChannel append(Path file) throws IOException {
        step("append", file);
        return super.append(file);
    }

    @Override
    byte[] read(Path file) throws IOException {
        step("read", file);
        return super.read(file);
    }

    @Override
    void write(FileChannel file, ByteBuffer octets) throws IOException {
        step("write", Path.of("content"));
        super.write(file, octets);
    }

    @Override
    void replace(Path from, Path to) throws IOException {
        step("replace", to);
        super.replace(from, to);
    }

    @Override
    FileChannel create(Path file) throws IOException {
        step("create", file);
        return super.create(file);
    }

    @Override
    void force(FileChannel file) throws IOException {
        step("force", Path.of("content"));
        super.force(file);
    }

    @Override
    void force(Path folder) throws IOException {
        step("force", folder);
        super.force(folder);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        step("rename", to);
        super.rename(from, to);
    }

    @Override
    void delete(Path file) throws IOException {
        step("delete", file);
        super.delete(file);
    }

    @Override
    void touch(Path file, FileTime time) throws IOException {
        step("touch", file);
        super.touch(file, time);
    }
}
