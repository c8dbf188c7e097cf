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
                        "FishLeg of the layers %s and %s differ in settings of the auxiliary problem (%s and %s), which is one for the whole network; only learning rate, momentum, weight decay, form and initialisation may differ"
                                .formatted(first.plan(), other.plan(), first, other));
            }
        }
        return first;
    }
}
