/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares the loss of a graph with the likelihoods that its user names, once: the derivative of the loss with respect to a
 * predictive variable z must be \( c (\mu(z) - y) / N \).
 */
final class GraphLossCheck {
    private final GraphSettings settings;
    private final Map<String, INDArray> seen = new HashMap<>();
    private final Map<String, @Nullable String> gradientNames = new HashMap<>();
    private boolean open = true;

    GraphLossCheck(GraphSettings settings, SameDiff gradients) {
        this.settings = settings;
        for (GraphOutput output : settings.outputs()) {
            SDVariable gradient = gradients.getVariable(output.variable()).getGradient();
            gradientNames.put(output.variable(), gradient == null ? null : gradient.name());
        }
    }

    /** Keeps a value of the training pass if it is needed. */
    void see(String variable, INDArray value) {
        if (open && (gradientNames.containsKey(variable) || gradientNames.containsValue(variable))) {
            seen.put(variable, value.dup('c'));
        }
    }

    /**
     * Compares.
     *
     * @throws IllegalArgumentException if the loss is another one
     */
    void check(CurvatureBatch batch, boolean minimized) {
        if (!open) {
            return;
        }
        for (GraphOutput output : settings.outputs()) {
            check(output, batch, minimized);
        }
        open = false;
        seen.clear();
    }

    private void check(GraphOutput output, CurvatureBatch batch, boolean minimized) {
        String name = gradientNames.get(output.variable());
        if (name == null) {
            throw new IllegalArgumentException(
                    "the loss does not depend on the output '%s'; name the predictive variable that the loss is made of"
                            .formatted(output.variable()));
        }
        INDArray z = seen.get(output.variable());
        INDArray actual = seen.get(name);
        INDArray labels =
                output.labels() == null ? null : settings.placeholders(batch).get(output.labels());
        if (labels == null || z == null || actual == null) {
            return;
        }
        output.checkRows(z, batch.examples());
        OutputDistribution distribution = output.likelihood().distribution();
        double sign = minimized ? 1.0 : -1.0;
        INDArray expected = distribution.error(distribution.mean(z), labels).muli(sign / batch.examples());
        double difference = actual.sub(expected).norm2Number().doubleValue();
        double size = expected.norm2Number().doubleValue();
        double precision = z.dataType() == DataType.DOUBLE ? 1e-14 : 1e-5; // of an error of about 1
        double tolerance = 1e-3 * size + precision * Math.sqrt((double) z.length()) / batch.examples();
        if (difference > tolerance) { // NaN is reported with the gradient
            throw new IllegalArgumentException(
                    "the loss is not that of output(\"%s\", %s, \"%s\"): its derivative has the norm %s where the likelihood's, a mean over the examples, has %s, and they differ by %s; correct loss, likelihood or labels, or leave the labels out if the loss is meant so"
                            .formatted(
                                    output.variable(),
                                    output.likelihood(),
                                    output.labels(),
                                    actual.norm2Number(),
                                    size,
                                    difference));
        }
    }
}
