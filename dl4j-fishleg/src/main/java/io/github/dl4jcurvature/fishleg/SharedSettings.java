/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;

import org.deeplearning4j.exception.DL4JInvalidConfigException;

/** Checks that all FishLeg configurations of a network agree on what concerns the network as a whole. */
final class SharedSettings {
    private SharedSettings() {}

    /** The first configuration, if all others agree with it on the auxiliary problem. */
    static FishLeg of(List<FishLeg> configurations) {
        FishLeg first = configurations.get(0);
        for (FishLeg other : configurations) {
            if (!other.auxiliarySettings().equals(first.auxiliarySettings())) {
                throw new DL4JInvalidConfigException(
                        "FishLeg of the layers %s and %s differ in settings of the auxiliary problem (%s and %s), which is one for the whole network; only learning rate, momentum, weight decay, initialisation and the shape of blocks may differ"
                                .formatted(first.plan(), other.plan(), first, other));
            }
        }
        requireMatches(configurations);
        return first;
    }

    private static void requireMatches(List<FishLeg> configurations) {
        List<String> layers = configurations.stream()
                .map(FishLeg::plan)
                .map(plan -> plan == null ? "" : plan.layer())
                .distinct()
                .toList();
        for (FishLeg configuration : configurations) {
            for (String pattern : configuration.includedLayers()) {
                if (layers.stream().noneMatch(layer -> layer.matches(pattern))) {
                    throw new DL4JInvalidConfigException(
                            "includeLayers has the pattern '%s', which none of the layers %s matches; correct it or leave it out"
                                    .formatted(pattern, layers));
                }
            }
        }
    }
}
