/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.LinkedHashMap;
import java.util.Map;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Matrices one after the other in a flat view, each column-major, as the host keeps parameters. */
final class FlatParameters {
    private FlatParameters() {}

    static long length(Map<String, long[]> shapes) {
        return shapes.values().stream().mapToLong(shape -> shape[0] * shape[1]).sum();
    }

    /** Views of the matrices. */
    static Map<String, INDArray> cut(Map<String, long[]> shapes, INDArray view) {
        INDArray flat = view.rank() == 1 ? view : view.reshape(new long[] {view.length()});
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
            long[] shape = entry.getValue();
            long to = from + shape[0] * shape[1];
            parameters.put(
                    entry.getKey(), flat.get(NDArrayIndex.interval(from, to)).reshape('f', shape));
            from = to;
        }
        return parameters;
    }

    /** A fixed projection [h, m]: independent normal elements of variance 1/m. */
    static void drawProjection(INDArray projection) {
        INDArray normal = Nd4j.randn(projection.dataType(), projection.shape());
        projection.assign(normal.divi(Math.sqrt((double) projection.size(1))));
    }

    /** Weights [nIn, nOut] as the layer is configured. */
    static void drawWeights(BaseLayer layer, INDArray weights) {
        INDArray flat = weights.reshape('f', new long[] {weights.length()});
        layer.getWeightInitFn().init((double) weights.size(0), (double) weights.size(1), weights.shape(), 'f', flat);
    }
}
