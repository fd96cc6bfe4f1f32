package org.bellwether.engine.command;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import org.bellwether.engine.platform.Secret;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPBEEncryptedData;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/**
 * Encryption with a passphrase, in OpenPGP's format: AES-256 with an integrity check, the key derived by 65 million bytes of
 * SHA-256. {@code gpg --decrypt} opens it too, so that a backup is of use without this program.
 */
final class OpenPgp {
    private static final int PART = 1 << 16;
    private static final int MOST_ROUNDS = 0xff;

    private OpenPgp() {}

    /** What is written to it goes encrypted to {@code out}; closing it ends the encryption and leaves {@code out} open. */
    static OutputStream encrypting(OutputStream out, Secret passphrase) throws IOException {
        try {
            var generator =
                    new PGPEncryptedDataGenerator(new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                            .setWithIntegrityPacket(true)
                            .setSecureRandom(new SecureRandom()));
            generator.addMethod(new BcPBEKeyEncryptionMethodGenerator(
                    passphrase.reveal().toCharArray(),
                    new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA256),
                    MOST_ROUNDS));
            var encrypted = generator.open(out, new byte[PART]);
            var literal = new PGPLiteralDataGenerator();
            var content =
                    literal.open(encrypted, PGPLiteralData.BINARY, "backup.tar.gz", PGPLiteralData.NOW, new byte[PART]);
            return new FilterOutputStream(content) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    content.write(bytes, from, length);
                }

                @Override
                public void close() throws IOException {
                    content.close();
                    encrypted.close();
                }
            };
        } catch (PGPException e) {
            throw new IOException("the encryption cannot be set up: " + e.getMessage(), e);
        }
    }

    /** The content of what {@link #encrypting} wrote. */
    static final class Opened {
        private final PGPPBEEncryptedData data;
        private final InputStream content;

        private Opened(PGPPBEEncryptedData data, InputStream content) {
            this.data = data;
            this.content = content;
        }

        InputStream content() {
            return content;
        }

        /** Whether it is all there and unchanged; to be asked when everything was read. */
        boolean intact() throws IOException {
            try {
                return data.isIntegrityProtected() && data.verify();
            } catch (PGPException e) {
                throw new IOException("its integrity cannot be checked: " + e.getMessage(), e);
            }
        }
    }

    /** @throws IOException when it is something else, or encrypted with another passphrase */
    static Opened open(InputStream in, Secret passphrase) throws IOException {
        try {
            if (new BcPGPObjectFactory(in).nextObject() instanceof PGPEncryptedDataList list
                    && list.get(0) instanceof PGPPBEEncryptedData data) {
                var clear = data.getDataStream(new BcPBEDataDecryptorFactory(
                        passphrase.reveal().toCharArray(), new BcPGPDigestCalculatorProvider()));
                if (new BcPGPObjectFactory(clear).nextObject() instanceof PGPLiteralData literal) {
                    return new Opened(data, literal.getInputStream());
                }
            }
            throw new IOException("it was not encrypted with a passphrase");
        } catch (PGPException | RuntimeException e) {
            throw new IOException("the passphrase is another one", e);
        }
    }
}
