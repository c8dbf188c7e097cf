/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Directory named by a system property.
 *
 * <p>Tests run in the directory of their module, users type paths relative to the directory of the build: a relative path
 * is therefore looked up in the working directory and then in each directory above it.
 */
final class PropertyDirectory {
    private PropertyDirectory() {}

    /** Resolves an existing directory; a mistyped path is an error, so that it cannot silently skip tests. */
    static Path resolve(String property, String value) {
        return resolve(property, value, Path.of("").toAbsolutePath());
    }

    static Path resolve(String property, String value, Path workingDirectory) {
        for (Path base = workingDirectory; base != null; base = base.getParent()) {
            Path candidate = base.resolve(value).normalize();
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("%s = '%s' is not a directory, seen from %s or any directory above it"
                .formatted(property, value, workingDirectory));
    }
}
