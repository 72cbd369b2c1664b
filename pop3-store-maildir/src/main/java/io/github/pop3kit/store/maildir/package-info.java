/**
 * Maildir as a mail store: a directory per account with {@code new/}, {@code cur/} and {@code tmp/}, a file per message, as Postfix,
 * Exim, Dovecot and Courier leave them.
 *
 * <p>The path of a session: {@code MaildirLocation} finds the maildir of the account, {@code MaildirLock} keeps other sessions out,
 * {@code RemovalIntent} finishes what a crash interrupted, {@code MaildirSync} takes the {@code Snapshot}, with uids out of
 * {@code UidList} (Dovecot's file, under its {@code DotLock}), and {@code MaildirDrop} serves it. {@code MaildirDelivery} puts mail in.
 * Every file operation passes {@code MaildirIo}.
 */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.store.maildir;
