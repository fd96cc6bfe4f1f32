package org.bellwether.engine.notification;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Locale;
import java.util.Properties;
import org.bellwether.engine.event.LoggedEvent;

/** By e-mail, over a mail server that somebody named. */
final class MailCourier implements Courier {
    private static final int PORT = 25;
    private static final int PORT_TLS = 465;
    private static final int PORT_STARTTLS = 587;
    private static final String PATIENCE_MILLIS = "10000";
    private static final int LONGEST_SUBJECT = 120;

    private final String engine;

    /** @param engine how the mail calls this engine */
    MailCourier(String engine) {
        this.engine = engine;
    }

    @Override
    public void deliver(Channel channel, long delivery, String recipient, LoggedEvent event) throws Undelivered {
        String to = recipient.isBlank() ? channel.setting("to", "") : recipient;
        if (to.isBlank()) {
            throw new Undelivered("the channel names no recipient");
        }
        String security = channel.setting("security", "none").toLowerCase(Locale.ROOT);
        String protocol = security.equals("tls") ? "smtps" : "smtp";
        try {
            Session session = Session.getInstance(properties(channel, protocol, security));
            MimeMessage message = new MimeMessage(session);
            message.setFrom(new InternetAddress(channel.setting("from", "")));
            message.setRecipients(Message.RecipientType.TO, InternetAddress.parse(to));
            message.setSubject(subject(event), StandardCharsets.UTF_8.name());
            message.setText(text(event), StandardCharsets.UTF_8.name());
            message.setSentDate(Date.from(event.time()));
            // The same for each attempt, so that a mail that was sent twice can be known.
            message.setHeader("X-Bellwether-Delivery", Long.toString(delivery));
            message.saveChanges();
            try (Transport transport = session.getTransport(protocol)) {
                String user = channel.setting("user", "");
                if (user.isEmpty()) {
                    transport.connect();
                } else {
                    transport.connect(user, channel.secret());
                }
                transport.sendMessage(message, message.getAllRecipients());
            }
        } catch (MessagingException failed) {
            throw new Undelivered("the mail server " + channel.setting("host", "") + " did not take it", failed);
        }
    }

    private static Properties properties(Channel channel, String protocol, String security) {
        String at = "mail." + protocol + ".";
        int otherwise = security.equals("tls") ? PORT_TLS : security.equals("starttls") ? PORT_STARTTLS : PORT;
        Properties properties = new Properties();
        properties.setProperty(at + "host", channel.setting("host", ""));
        properties.setProperty(at + "port", Integer.toString(channel.number("port", otherwise)));
        properties.setProperty(at + "connectiontimeout", PATIENCE_MILLIS);
        properties.setProperty(at + "timeout", PATIENCE_MILLIS);
        properties.setProperty(at + "writetimeout", PATIENCE_MILLIS);
        properties.setProperty(
                at + "auth", Boolean.toString(!channel.setting("user", "").isEmpty()));
        properties.setProperty(at + "ssl.checkserveridentity", "true");
        if (security.equals("starttls")) {
            properties.setProperty(at + "starttls.enable", "true");
            properties.setProperty(at + "starttls.required", "true");
        }
        return properties;
    }

    private String subject(LoggedEvent event) {
        // One line, whatever names people gave: a line break would begin another header.
        String line = event.message().replaceAll("\\p{Cntrl}+", " ");
        String cut = line.length() > LONGEST_SUBJECT ? line.substring(0, LONGEST_SUBJECT) + "…" : line;
        return "[" + engine + "] " + event.severity() + ": " + cut;
    }

    private String text(LoggedEvent event) {
        return event.message() + "\n\n"
                + "Time:     " + event.time() + "\n"
                + "Severity: " + event.severity() + "\n"
                + "Code:     " + event.code() + "\n"
                + "Event:    " + event.id() + "\n"
                + event.userName().map(user -> "User:     " + user + "\n").orElse("")
                + "Engine:   " + engine + "\n";
    }
}
