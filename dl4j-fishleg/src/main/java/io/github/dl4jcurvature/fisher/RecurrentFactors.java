/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Assembles factors of recurrent layers: rows \([x_t ; h_{t-1}]\) with \(h_{-1} = 0\), time index slowest. */
final class RecurrentFactors {
    private RecurrentFactors() {}

    /**
     * Factors from the errors of each step, first step first, each of shape [N, nOut].
     *
     * @param errorsMasked whether the host masks the errors after it has passed them through the activation
     */
    static LayerFactors of(LayerPass pass, RNNFormat format, List<INDArray> errors, boolean errorsMasked) {
        INDArray rows = Nd4j.concat(0, errors.toArray(INDArray[]::new)); // [T N, nOut]
        INDArray valid = validRows(pass, rows);
        if (valid != null && errorsMasked) {
            rows.muliColumnVector(valid);
        }
        INDArray input = Sequences.channelsFirst(pass.layer().input(), format); // [N, nIn, T]
        if (pass.activations() == null) {
            throw new IllegalStateException(
                    "layer '%s' is recurrent but returned no activations".formatted(pass.name()));
        }
        INDArray hidden = Sequences.channelsFirst(pass.activations(), format); // [N, nHidden, T]
        return of(pass, inputs(input.castTo(rows.dataType()), hidden.castTo(rows.dataType())), rows, valid);
    }

    /** Factors of a layer whose passes ran as a recursion of ours. */
    static LayerFactors of(LayerPass pass, LstmRows rows) {
        return of(pass, rows.inputs(), rows.errors(), validRows(pass, rows.errors()));
    }

    private static LayerFactors of(LayerPass pass, INDArray inputs, INDArray errors, @Nullable INDArray valid) {
        return LayerFactors.of(
                pass,
                List.of(SimpleRnnParamInitializer.WEIGHT_KEY, SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY),
                SimpleRnnParamInitializer.BIAS_KEY,
                inputs,
                errors,
                1,
                valid);
    }

    /** Rows \([x_t ; h_{t-1}]\), [T N, nIn + n], of sequences of shape [N, nIn, T] and [N, n, T]; fresh. */
    private static INDArray inputs(INDArray x, INDArray h) {
        INDArray rows = uninitializedInputs(x.dataType(), x.size(2), x.size(0), x.size(1), h.size(1));
        setInputs(rows, x, h);
        return rows;
    }

    /** Rows outside any workspace, of which only \(h_{-1}\) is set. */
    static INDArray uninitializedInputs(DataType type, long steps, long examples, long features, long units) {
        INDArray rows = Nd4j.createUninitializedDetached(type, 'c', steps * examples, features + units);
        rows.get(NDArrayIndex.interval(0, examples), NDArrayIndex.interval(features, features + units))
                .assign(0);
        return rows;
    }

    /** Copies all but \(h_{-1}\) to rows. */
    static void setInputs(INDArray rows, INDArray x, INDArray h) {
        long features = x.size(1);
        long steps = x.size(2);
        INDArrayIndex all = NDArrayIndex.all();
        INDArray z = rows.reshape('c', steps, x.size(0), rows.size(1));
        z.get(all, all, NDArrayIndex.interval(0, features)).assign(x.permute(2, 0, 1));
        if (steps > 1) {
            z.get(NDArrayIndex.interval(1, steps), all, NDArrayIndex.interval(features, rows.size(1)))
                    .assign(h.get(all, all, NDArrayIndex.interval(0, steps - 1)).permute(2, 0, 1));
        }
    }

    /** Steps that the mask of the layer, or else the only mask of the inputs, lets through; shape [T N]. */
    private static @Nullable INDArray validRows(LayerPass pass, INDArray rows) {
        INDArray mask =
                pass.layer().getMaskArray() != null ? pass.layer().getMaskArray() : pass.sequenceMask(); // [N, T]
        return mask == null || mask.length() != rows.size(0)
                ? null
                : Sequences.rows(mask.castTo(rows.dataType()).reshape(mask.size(0), 1, mask.size(1)))
                        .reshape(rows.size(0));
    }
}
