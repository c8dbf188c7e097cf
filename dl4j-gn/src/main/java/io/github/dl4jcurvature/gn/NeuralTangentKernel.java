/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The neural tangent kernel \(K = J J^\top\) of a network's outputs before the activation, at the parameters it had when
 * this was made.
 *
 * <p>For any network of the host with one input and one output [n, q]; fixed parameters do not count. Exact kernels take
 * n q backward passes and are for small sets of probes; for larger ones {@link #alignment(NeuralTangentKernel, int, long)}
 * estimates with products K v. Source: Jacot, Gabriel, Hongler: Neural tangent kernel (NeurIPS 2018).
 */
public final class NeuralTangentKernel {
    private static final double RELATIVE_STEP = 1e-6;
    private static final double FLOAT_RELATIVE_STEP = 1e-3;

    private final ProbeNetwork network;
    private final INDArray probes;

    private NeuralTangentKernel(ProbeNetwork network, INDArray probes) {
        this.network = network;
        this.probes = probes.dup();
    }

    /**
     * Takes a snapshot of a network.
     *
     * @param network with an output or loss layer at the end; not modified
     * @param probes inputs, [n, ...]
     * @return its kernel
     */
    public static NeuralTangentKernel of(MultiLayerNetwork network, INDArray probes) {
        return new NeuralTangentKernel(ProbeNetwork.of(network), probes);
    }

    /**
     * Takes a snapshot of a network.
     *
     * @param graph with one input and one output or loss layer; not modified
     * @param probes inputs, [n, ...]
     * @return its kernel
     * @throws IllegalArgumentException if there are several inputs or outputs
     */
    public static NeuralTangentKernel of(ComputationGraph graph, INDArray probes) {
        return new NeuralTangentKernel(ProbeNetwork.of(graph), probes);
    }

    /**
     * The kernel; needs n q times as much memory as the parameters.
     *
     * @return K, shape [n q, n q] in DOUBLE; output c of probe i has the index i q + c
     */
    public INDArray exact() {
        INDArray outputs = network.outputs(probes);
        long length = outputs.length();
        INDArray jacobian = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {length, network.parameters()}, 'c');
        for (long i = 0; i < length; i++) {
            INDArray unit = Nd4j.zeros(outputs.dataType(), outputs.shape());
            unit.putScalar(i / outputs.size(1), i % outputs.size(1), 1);
            jacobian.getRow(i).assign(network.pullBack(probes, unit));
        }
        return jacobian.mmul(jacobian.transpose());
    }

    /**
     * A product with the kernel, by central differences along \(J^\top v\).
     *
     * @param v shape [n, q]
     * @return K v, shape [n, q]; its relative error is about 1e-8 for double and 1e-3 for float networks
     */
    public INDArray multiply(INDArray v) {
        INDArray outputs = network.outputs(probes);
        if (!v.equalShapes(outputs)) {
            throw new IllegalArgumentException("v has shape %s but must have the shape %s of the outputs"
                    .formatted(Arrays.toString(v.shape()), Arrays.toString(outputs.shape())));
        }
        INDArray direction = network.pullBack(probes, v.castTo(outputs.dataType()));
        double size = direction.norm2Number().doubleValue();
        if (size == 0) {
            return Nd4j.zeros(DataType.DOUBLE, v.shape());
        }
        double relative = outputs.dataType() == DataType.DOUBLE ? RELATIVE_STEP : FLOAT_RELATIVE_STEP;
        double step = relative * Math.max(network.parameterNorm(), 1) / size;
        network.move(direction, step);
        INDArray plus = network.outputs(probes).castTo(DataType.DOUBLE);
        network.move(direction, -2 * step);
        INDArray minus = network.outputs(probes).castTo(DataType.DOUBLE);
        network.move(direction, step);
        return plus.sub(minus).divi(2 * step);
    }

    /**
     * The alignment of two kernels of the same shape.
     *
     * @param one a symmetric matrix, not zero
     * @param other a symmetric matrix, not zero
     * @return \(\langle K_1, K_2 \rangle_F / (\|K_1\|_F \|K_2\|_F)\), 1 for kernels equal up to scale
     * @throws IllegalArgumentException if shapes differ or a kernel is zero
     */
    public static double alignment(INDArray one, INDArray other) {
        if (!one.equalShapes(other)) {
            throw new IllegalArgumentException("kernels have shapes %s and %s; use the same probes for both"
                    .formatted(Arrays.toString(one.shape()), Arrays.toString(other.shape())));
        }
        double norms = one.norm2Number().doubleValue() * other.norm2Number().doubleValue();
        if (!(norms > 0)) {
            throw new IllegalArgumentException("a kernel has norm 0, so that there is no alignment; use other probes");
        }
        return one.mul(other).sumNumber().doubleValue() / norms;
    }

    /**
     * Estimates the alignment with another kernel of the same probes, by Hutchinson's method.
     *
     * <p>With random signs v, \(\langle K_1, K_2 \rangle_F\) is the mean of \((K_1 v)^\top (K_2 v)\), and norms likewise.
     *
     * @param other a kernel of the same probes
     * @param draws number of vectors v, at least 1; the error falls with its square root
     * @param seed of the vectors
     * @return the estimate
     */
    public double alignment(NeuralTangentKernel other, int draws, long seed) {
        if (draws < 1) {
            throw new IllegalArgumentException(
                    "draws is %d but must be at least 1; 20 is a good start".formatted(draws));
        }
        SplittableRandom random = new SplittableRandom(seed);
        double cross = 0;
        double one = 0;
        double two = 0;
        long[] shape = network.outputs(probes).shape();
        for (int draw = 0; draw < draws; draw++) {
            INDArray v = Nd4j.zeros(DataType.DOUBLE, shape);
            for (long i = 0; i < v.length(); i++) {
                v.putScalar(i, random.nextBoolean() ? 1 : -1);
            }
            INDArray first = multiply(v);
            INDArray second = other.multiply(v);
            cross += first.mul(second).sumNumber().doubleValue();
            one += first.mul(first).sumNumber().doubleValue();
            two += second.mul(second).sumNumber().doubleValue();
        }
        return cross / Math.sqrt(one * two);
    }
}
