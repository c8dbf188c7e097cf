/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/**
 * Similarity of two representations of the same examples.
 *
 * <p>\(\mathrm{CKA}(X, Y) = \|X_c^\top Y_c\|_F^2 / (\|X_c^\top X_c\|_F \|Y_c^\top Y_c\|_F)\) with columns centred: 1 for
 * representations equal up to rotation, scale and shift, and between 0 and 1 otherwise. Source: Kornblith, Norouzi, Lee,
 * Hinton: Similarity of neural network representations revisited (ICML 2019), with the linear kernel.
 */
public final class CentredKernelAlignment {
    private CentredKernelAlignment() {}

    /**
     * The alignment of two representations.
     *
     * @param x shape [n, p], n at least 2, finite
     * @param y shape [n, q], finite
     * @return between 0 and 1
     * @throws IllegalArgumentException if numbers of examples differ or a representation is the same for all examples
     */
    public static double linear(INDArray x, INDArray y) {
        if (x.rank() != 2 || y.rank() != 2 || x.size(0) != y.size(0) || x.size(0) < 2) {
            throw new IllegalArgumentException(
                    "x has shape %s and y %s but both must be matrices of the same examples, at least 2"
                            .formatted(Arrays.toString(x.shape()), Arrays.toString(y.shape())));
        }
        try (ColumnMajor xc = centred("x", x);
                ColumnMajor yc = centred("y", y)) {
            double cross = gramNorm(xc, yc);
            return cross * cross / (gramNorm(xc, xc) * gramNorm(yc, yc));
        }
    }

    /**
     * The alignment of the activations of each layer of two networks, or of one at two times.
     *
     * @param one a network
     * @param other a network with as many layers
     * @param probes inputs, at least 2
     * @return one number for each layer, from the first to the last
     * @throws IllegalArgumentException if numbers of layers differ or activations are the same for all examples
     */
    public static List<Double> ofLayers(MultiLayerNetwork one, MultiLayerNetwork other, INDArray probes) {
        List<INDArray> x = one.feedForward(probes, false);
        List<INDArray> y = other.feedForward(probes, false);
        if (x.size() != y.size()) {
            throw new IllegalArgumentException(
                    "networks have %d and %d layers but must have as many".formatted(x.size() - 1, y.size() - 1));
        }
        List<Double> alignments = new ArrayList<>();
        for (int l = 1; l < x.size(); l++) {
            alignments.add(linear(flat(x.get(l)), flat(y.get(l))));
        }
        return alignments;
    }

    /**
     * The alignment of the activations of each vertex of two graphs, or of one at two times.
     *
     * @param one a graph with one input
     * @param other a graph with the same vertices
     * @param probes inputs, at least 2
     * @return one number for each vertex that is not an input, by name
     * @throws IllegalArgumentException if vertices differ or activations are the same for all examples
     */
    public static Map<String, Double> ofVertices(ComputationGraph one, ComputationGraph other, INDArray probes) {
        Map<String, INDArray> x = one.feedForward(new INDArray[] {probes}, false);
        Map<String, INDArray> y = other.feedForward(new INDArray[] {probes}, false);
        if (!x.keySet().equals(y.keySet())) {
            throw new IllegalArgumentException(
                    "graphs have vertices %s and %s but must have the same".formatted(x.keySet(), y.keySet()));
        }
        Map<String, Double> alignments = new LinkedHashMap<>();
        x.forEach((name, activations) -> {
            if (!one.getConfiguration().getNetworkInputs().contains(name)) {
                alignments.put(name, linear(flat(activations), flat(Objects.requireNonNull(y.get(name)))));
            }
        });
        return alignments;
    }

    private static INDArray flat(INDArray activations) {
        return activations.rank() == 2
                ? activations
                : activations.dup('c').reshape('c', activations.size(0), activations.length() / activations.size(0));
    }

    private static ColumnMajor centred(String name, INDArray x) {
        ColumnMajor centred = ColumnMajor.copyOf(name, x);
        INDArray columns = centred.array();
        columns.subiRowVector(columns.mean(true, 0));
        double largest = x.amaxNumber().doubleValue();
        if (!(centred.frobenius() > 1e-12 * largest * Math.sqrt((double) x.length()))) {
            throw new IllegalArgumentException(
                    "%s is the same for all examples, so that it has no alignment; use other probes or another layer"
                            .formatted(name));
        }
        return centred;
    }

    /** The norm of X'Y through the smaller of it and the products of examples. */
    private static double gramNorm(ColumnMajor x, ColumnMajor y) {
        if ((long) x.columns() * y.columns() <= (long) x.rows() * x.rows()) {
            try (ColumnMajor cross = product(x.view().transposed(), y.view())) {
                return cross.frobenius();
            }
        }
        try (ColumnMajor kx = product(x.view(), x.view().transposed());
                ColumnMajor ky = product(y.view(), y.view().transposed())) {
            return Math.sqrt(Math.max(kx.array().mul(ky.array()).sumNumber().doubleValue(), 0));
        }
    }
}
