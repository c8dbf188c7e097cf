/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Where the cases of a group are looked for.
 *
 * @param name name of the group
 * @param place where it was looked for, for messages
 * @param location directory, or null if the place has none
 */
record GoldenGroup(String name, String place, @Nullable Path location) {
    static final String PROPERTY = "golden.dir";

    static GoldenGroup locate(String name) {
        return locate(name, System.getProperty(PROPERTY), Thread.currentThread().getContextClassLoader());
    }

    /** The property wins; the class path serves only directories, since a jar cannot be listed as one. */
    static GoldenGroup locate(String name, @Nullable String root, ClassLoader resources) {
        if (root != null) {
            Path directory = PropertyDirectory.resolve(PROPERTY, root).resolve(name);
            return new GoldenGroup(name, directory.toString(), Files.isDirectory(directory) ? directory : null);
        }
        URL resource = resources.getResource("golden/" + name);
        if (resource == null) {
            return new GoldenGroup(name, "class path resource /golden/" + name, null);
        }
        return resource.getProtocol().equals("file")
                ? new GoldenGroup(name, resource.toString(), toPath(resource))
                : new GoldenGroup(name, resource + ", which is no directory on disk", null);
    }

    boolean isPresent() {
        return location != null;
    }

    Path directory() {
        return Objects.requireNonNull(location, place);
    }

    /** Why a case cannot be run. */
    String absenceOf(String pattern) {
        return "no golden case '%s' in group '%s'; looked in %s; set -D%s=DIR to a directory with DIR/%s"
                .formatted(pattern, name, place, PROPERTY, name);
    }

    private static Path toPath(URL resource) {
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot read the class path entry " + resource, e);
        }
    }
}
