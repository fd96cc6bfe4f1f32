package org.bellwether.engine.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Passwords as Unix systems keep them: the SHA-512 scheme of crypt(3), whose hashes begin with {@code $6$}. */
public final class PasswordCrypt {

    private static final String LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final Pattern HASH = Pattern.compile("\\$(1|2[abxy]|5|6|y)\\$[./A-Za-z0-9$=,]{8,}");
    private static final int SALT = 16;
    private static final int ROUNDS = 5000;
    private static final int SIZE = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordCrypt() {}

    /** Whether a text is a hash already, of any scheme that Linux guests know. */
    public static boolean isHash(String text) {
        return HASH.matcher(text).matches();
    }

    public static String hash(String password) {
        var salt = new StringBuilder(SALT);
        for (int i = 0; i < SALT; i++) {
            salt.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return hash(password, salt.toString());
    }

    static String hash(String password, String salt) {
        byte[] key = password.getBytes(StandardCharsets.UTF_8);
        byte[] salted = salt.getBytes(StandardCharsets.US_ASCII);
        MessageDigest sum = sha512();
        byte[] second = digest(key, salted, key);
        sum.update(key);
        sum.update(salted);
        sum.update(repeated(second, key.length));
        for (int length = key.length; length > 0; length >>= 1) {
            sum.update((length & 1) != 0 ? second : key);
        }
        byte[] result = sum.digest();
        MessageDigest keys = sha512();
        for (int i = 0; i < key.length; i++) {
            keys.update(key);
        }
        byte[] keyBytes = repeated(keys.digest(), key.length);
        MessageDigest salts = sha512();
        for (int i = 0; i < 16 + (result[0] & 0xff); i++) {
            salts.update(salted);
        }
        byte[] saltBytes = repeated(salts.digest(), salted.length);
        for (int round = 0; round < ROUNDS; round++) {
            MessageDigest next = sha512();
            next.update(round % 2 == 1 ? keyBytes : result);
            if (round % 3 != 0) {
                next.update(saltBytes);
            }
            if (round % 7 != 0) {
                next.update(keyBytes);
            }
            next.update(round % 2 == 1 ? result : keyBytes);
            result = next.digest();
        }
        return "$6$" + salt + "$" + letters(result);
    }

    /** Three bytes to four letters, the bytes taken in the scheme's own order. */
    private static String letters(byte[] sum) {
        var text = new StringBuilder();
        int a = 0;
        int b = 21;
        int c = 42;
        for (int i = 0; i < 21; i++) {
            append(text, sum[a], sum[b], sum[c], 4);
            int before = a;
            a = b + 1;
            b = c + 1;
            c = before + 1;
        }
        append(text, (byte) 0, (byte) 0, sum[SIZE - 1], 2);
        return text.toString();
    }

    private static void append(StringBuilder text, byte high, byte middle, byte low, int count) {
        int bits = (high & 0xff) << 16 | (middle & 0xff) << 8 | (low & 0xff);
        for (int i = 0; i < count; i++) {
            text.append(LETTERS.charAt(bits & 0x3f));
            bits >>= 6;
        }
    }

    private static byte[] repeated(byte[] block, int length) {
        byte[] all = new byte[length];
        for (int at = 0; at < length; at += block.length) {
            System.arraycopy(block, 0, all, at, Math.min(block.length, length - at));
        }
        return all;
    }

    private static byte[] digest(byte[]... parts) {
        MessageDigest sum = sha512();
        Arrays.stream(parts).forEach(sum::update);
        return sum.digest();
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
