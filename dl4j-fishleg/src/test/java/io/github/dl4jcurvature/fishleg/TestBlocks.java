/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.ParameterSection;
import io.github.dl4jcurvature.fisher.ParameterSection.Kind;
import io.github.dl4jcurvature.fisher.ParameterSection.Part;

/** Layers and blocks of given sizes. */
final class TestBlocks {
    private TestBlocks() {}

    /** A matrix in one part. */
    static SubBlockPlan whole(long outputs, long joint, FishLeg.Form form) {
        return new SubBlockPlan(outputs, new long[] {0}, new long[] {joint}, false, false, form);
    }

    /** A matrix of weights with the bias after it. */
    static SubBlockPlan withBias(long outputs, long joint, FishLeg.Form form) {
        long[] starts = {0, outputs * (joint - 1)};
        return new SubBlockPlan(outputs, starts, new long[] {joint - 1, 1}, false, false, form);
    }

    /** A dense layer. */
    static LayerParameters dense(String name, long inputs, long outputs) {
        long weights = inputs * outputs;
        return new LayerParameters(
                name,
                List.of("W", "b"),
                List.of(weights, outputs),
                List.of(new ParameterSection(
                        Kind.MATRIX, outputs, List.of(new Part(0, inputs), new Part(weights, 1)), 1, true)));
    }
}
