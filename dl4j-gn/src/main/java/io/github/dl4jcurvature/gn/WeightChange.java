/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far parameters have moved.
 *
 * @param relativeChange \(\|\theta' - \theta\| / \|\theta\|\)
 * @param normRatio \(\|\theta'\| / \|\theta\|\)
 * @param cosine \(\theta^\top \theta' / (\|\theta\| \|\theta'\|)\), 1 for the same direction
 */
public record WeightChange(double relativeChange, double normRatio, double cosine) {

    /**
     * The change of an array.
     *
     * @param before \(\theta\), not zero
     * @param after \(\theta'\), of the same shape
     * @return the change
     * @throws IllegalArgumentException if shapes differ or {@code before} is zero
     */
    public static WeightChange of(INDArray before, INDArray after) {
        if (!before.equalShapes(after)) {
            throw new IllegalArgumentException("parameters have shapes %s and %s but these must be equal"
                    .formatted(Arrays.toString(before.shape()), Arrays.toString(after.shape())));
        }
        double from = before.norm2Number().doubleValue();
        double to = after.norm2Number().doubleValue();
        if (!(from > 0)) {
            throw new IllegalArgumentException(
                    "norm of the parameters before is %s but must be positive; relative changes need something to relate to"
                            .formatted(from));
        }
        double product = before.mul(after).sumNumber().doubleValue();
        return new WeightChange(
                after.sub(before).norm2Number().doubleValue() / from, to / from, to == 0 ? 0 : product / (from * to));
    }

    /**
     * The change of each parameter array of a network that was not zero before.
     *
     * @param before copies of the arrays by name, as from {@code paramTable()}
     * @param after the arrays now
     * @return changes by name, in the sequence of {@code before}
     * @throws IllegalArgumentException if an array is missing or has another shape
     */
    public static Map<String, WeightChange> of(Map<String, INDArray> before, Map<String, INDArray> after) {
        Map<String, WeightChange> changes = new LinkedHashMap<>();
        before.forEach((name, array) -> {
            INDArray now = after.get(name);
            if (now == null) {
                throw new IllegalArgumentException(
                        "parameter %s is missing after; compare a network with itself".formatted(name));
            }
            if (array.norm2Number().doubleValue() > 0) {
                changes.put(name, of(array, now));
            }
        });
        return changes;
    }
}
