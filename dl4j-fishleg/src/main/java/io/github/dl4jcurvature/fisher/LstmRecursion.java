/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.linalg.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Recursion of an LSTM without peepholes over whole sequences, forward and back:
 *
 * <p>\[ a_t = \phi(z^a_t), \quad f_t, o_t, g_t = \sigma(z^{f,o,g}_t), \quad z_t = x_t W + h_{t-1} R + b, \] \[ c_t = g_t a_t + f_t
 * c_{t-1}, \quad h_t = o_t \phi(c_t), \quad h_{-1} = c_{-1} = 0. \]
 *
 * <p>Sequences have shape [N, features, T]; those that go forward are in order 'f', so that each step is a matrix free of gaps. The arrays of the recursion are
 * detached and used again in the next one. Not thread-safe.
 *
 * <p>Source: Gers, Schmidhuber and Cummins, Learning to forget: continual prediction with LSTM, Neural Computation 12 (2000).
 */
final class LstmRecursion {
    private final Squashing activation;
    private final Squashing gate;
    private final INDArray errors;
    private final List<LstmStep> values = new ArrayList<>();
    private final List<LstmStep> valueErrors = new ArrayList<>();
    private final List<INDArray> cells = new ArrayList<>();
    private final List<INDArray> squashedCells = new ArrayList<>();
    private final INDArray cellError;
    private final INDArray handedBack; // by the next step to the cell of this one
    private final INDArray product;

    /**
     * A recursion over sequences of one size.
     *
     * @param activation \( \phi \)
     * @param gate \( \sigma \)
     */
    LstmRecursion(DataType type, long examples, long units, int steps, Squashing activation, Squashing gate) {
        this.activation = activation;
        this.gate = gate;
        INDArray allValues = detached(type, examples, 4 * units, steps);
        INDArray allCells = detached(type, examples, units, steps);
        INDArray allSquashed = detached(type, examples, units, steps);
        errors = detached(type, examples, 4 * units, steps);
        for (int t = 0; t < steps; t++) {
            values.add(LstmStep.of(allValues, t));
            valueErrors.add(LstmStep.of(errors, t));
            cells.add(LstmStep.at(allCells, t));
            squashedCells.add(LstmStep.at(allSquashed, t));
        }
        cellError = detached(type, examples, units);
        handedBack = detached(type, examples, units);
        product = detached(type, examples, units);
    }

    private static INDArray detached(DataType type, long... shape) {
        return Nd4j.createUninitializedDetached(type, 'f', shape);
    }

    /** Whether the recursion is over sequences of this size. */
    boolean fits(DataType type, long examples, long steps) {
        return errors.dataType() == type && errors.size(0) == examples && errors.size(2) == steps;
    }

    /**
     * Forward.
     *
     * @param x shape [N, nIn, T]
     * @param w W, shape [nIn, 4 n]
     * @param r R, shape [n, 4 n]
     * @param b b, shape [1, 4 n]
     * @param h written to, shape [N, n, T]
     */
    void forward(INDArray x, INDArray w, INDArray r, INDArray b, INDArray h) {
        INDArray biases = Nd4j.createUninitialized(w.dataType(), new long[] {x.size(0), w.size(1)}, 'f')
                .assign(b.reshape(1, w.size(1)).broadcast(x.size(0), w.size(1)));
        for (int t = 0; t < values.size(); t++) {
            LstmStep step = values.get(t);
            step.all().assign(biases);
            Gemm.multiply(1, LstmStep.at(x, t), w, 1, step.all());
            if (t > 0) {
                Gemm.multiply(1, LstmStep.at(h, t - 1), r, 1, step.all());
            }
            activation.apply(step.input());
            gate.apply(step.gates());
            INDArray cell = cells.get(t);
            step.modulation().muli(step.input(), cell);
            if (t > 0) {
                cell.addi(step.forget().muli(cells.get(t - 1), product));
            }
            INDArray squashed = squashedCells.get(t).assign(cell);
            activation.apply(squashed);
            step.output().muli(squashed, LstmStep.at(h, t));
        }
    }

    /**
     * Back, after {@link #forward}: the errors \( \partial \ell / \partial z_t \) from those of the outputs.
     *
     * @param outputErrors \( \partial \ell / \partial h_t \) as far as it does not come through later steps, shape [N, n, T]
     * @param r R, shape [n, 4 n]
     * @return shape [N, 4 n, T], valid until the next recursion
     */
    INDArray backward(INDArray outputErrors, INDArray r) {
        INDArray hiddenError = Nd4j.createUninitialized(r.dataType(), cellError.shape(), 'f');
        int last = values.size() - 1;
        for (int t = last; t >= 0; t--) {
            hiddenError.assign(LstmStep.at(outputErrors, t));
            if (t < last) {
                Gemm.multiply(1, valueErrors.get(t + 1).all(), r.transpose(), 1, hiddenError);
            }
            back(t, hiddenError);
        }
        return errors;
    }

    private void back(int t, INDArray hiddenError) {
        LstmStep step = values.get(t);
        LstmStep error = valueErrors.get(t);
        INDArray squashed = squashedCells.get(t);
        gate.derivative(step.gates(), error.gates());
        activation.derivative(step.input(), error.input());
        error.output().muli(hiddenError).muli(squashed);
        activation.derivative(squashed, cellError);
        cellError.muli(step.output()).muli(hiddenError);
        if (t < values.size() - 1) {
            cellError.addi(handedBack);
        }
        error.input().muli(cellError).muli(step.modulation());
        error.modulation().muli(cellError).muli(step.input());
        if (t > 0) {
            error.forget().muli(cellError).muli(cells.get(t - 1));
            cellError.muli(step.forget(), handedBack);
        } else {
            error.forget().assign(0); // the cell before the first step is zero
        }
    }
}
